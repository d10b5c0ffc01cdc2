-- Makes a group, unless there is one.
--
-- KEYS: 1 group, 2 writer's lease, 3 writer's last answer, 4 partition's outbox, 5 partition's birth,
--   6 partition's lineage, 7 partition's empty
-- ARGV: 1 node, 2 incarnation, 3 number of the call, 4 'tenant namespace group', 5 new epoch, 6 spec, 7 messages to retain,
--   8 their age in ms, 9 after how many ms without members the group is deleted, or ''
-- Answer: '+', time; '-', epoch of the group there is. Or: '!FENCED', why. An error STALE.

local call = tonumber(ARGV[3])
local before = answered(KEYS[3], call)
if before then
  return before
end
local now = micros()
local refused = fenced(KEYS[2], tonumber(ARGV[2]), now)
if refused then
  return {'!FENCED', refused}
end
local epoch = redis.call('HGET', KEYS[1], 'e')
if epoch then
  return answer(KEYS[3], call, {'-', epoch})
end
-- A server of an earlier version leaves them when it deletes the group.
redis.call('UNLINK', KEYS[1] .. ':labels', KEYS[1] .. ':bans')
redis.call('SET', KEYS[5], int(now), 'NX')
local counters = struct.pack(STATE, 1, 0, 0, tonumber(ARGV[7]), tonumber(ARGV[8]), 0, 0, 0, 0, 0, 0, now)
redis.call('HSET', KEYS[1], 'e', ARGV[5], 'm', counters, 'c', int(now), 's', ARGV[6], 'g', token(KEYS[6], now))
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[1], 'w', ARGV[9], 'n', int(now) .. ' 0')
  redis.call('ZADD', KEYS[7], int(math.ceil(now / 1000) + tonumber(ARGV[9])), ARGV[4])
end
redis.call('ZADD', KEYS[4], int(now), '+' .. ARGV[4] .. ' ' .. ARGV[5])
return answer(KEYS[3], call, {'+', int(now)})
