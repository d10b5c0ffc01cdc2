-- Finds what has expired in a partition.
--
-- KEYS: 1 due, 2 held, 3 outbox, 4 leases, 5 writer's lease, 6 empty
-- ARGV: 1 node, 2 incarnation, 3 of each kind at most, 4 age in ms from which a note in the outbox counts as left behind
-- Answer: groups whose alarm has rung; notes; 'node/incarnation tenant namespace group' of joins whose node's lease has expired;
--   groups that may be deleted as they are empty.
--   Or: '!FENCED', why.

local now = micros()
local refused = fenced(KEYS[5], tonumber(ARGV[2]), now)
if refused then
  return {'!FENCED', refused}
end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(math.ceil(now / 1000)), 'LIMIT', '0', ARGV[3])
local notes = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', int(now - tonumber(ARGV[4]) * 1000), 'LIMIT', '0', ARGV[3])
local held = {}
for _, served in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', int(now), 'LIMIT', '0', '16')) do
  local groups = redis.call('ZRANGEBYLEX', KEYS[2], '[' .. served .. ' ', '(' .. served .. '!', 'LIMIT', '0', ARGV[3])
  if #groups == 0 then
    redis.call('ZREM', KEYS[4], served)
  end
  for _, entry in ipairs(groups) do
    held[#held + 1] = entry
  end
end
local empty = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', int(math.floor(now / 1000)), 'LIMIT', '0', ARGV[3])
return {due, notes, held, empty}
