-- The groups of one partition in which sessions hold joins.
--
-- KEYS: 1 held
-- ARGV: 1 groups at most, of all sessions together; then 's:id' of each session; behind the first one, the group after which to go on or ''
-- Answer: 1 when there may be more; then for each session the 'tenant namespace group' of each group, in order. If there may be more, the last list is
--   that of the session from which to go on.

local left, after = tonumber(ARGV[1]), ARGV[3]
local answer = {}
for i = 2, #ARGV do
  if i ~= 3 and left > 0 then
    local session = ARGV[i]
    local from = i == 2 and after ~= '' and '(' .. session .. ' ' .. after or '[' .. session .. ' '
    local found = redis.call('ZRANGEBYLEX', KEYS[1], from, '(' .. session .. '!', 'LIMIT', '0', string.format('%d', left))
    left = left - #found
    for j, entry in ipairs(found) do
      found[j] = string.sub(entry, #session + 2)
    end
    answer[#answer + 1] = found
  end
end
return {left <= 0 and '1' or '0', answer}
