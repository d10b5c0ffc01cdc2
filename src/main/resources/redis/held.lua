-- The groups of one partition in which sessions hold joins.
--
-- KEYS: 1 held
-- ARGV: 's:id' of each session
-- Answer: for each session the 'tenant namespace group' of each group.

local answer = {}
for i, session in ipairs(ARGV) do
  local found = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. session .. ' ', '(' .. session .. '!')
  for j, entry in ipairs(found) do
    found[j] = string.sub(entry, #session + 2)
  end
  answer[i] = found
end
return answer
