-- The groups of one partition in which a session holds joins.
--
-- KEYS: 1 held
-- ARGV: 1 's:id' of the session
-- Answer: 'tenant namespace group' of each.

local found = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[1] .. ' ', '(' .. ARGV[1] .. '!')
for i, entry in ipairs(found) do
  found[i] = string.sub(entry, #ARGV[1] + 2)
end
return found
