-- Reserves room in a tenant's index for a group that is about to be made.
--
-- KEYS: 1 groups, 2 epochs, 3 reserved
-- ARGV: 1 'namespace group', 2 epoch, 3 groups per tenant
-- Answer: 1; 0 when the limit is reached.

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - 30000), 'LIMIT', '0', '500')
if #old > 0 then
  redis.call('ZREM', KEYS[3], unpack(old))
end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  -- It has its place, if it is there.
  return 1
end
local room = ARGV[1] .. ' ' .. ARGV[2]
if not redis.call('ZSCORE', KEYS[3], room)
  and redis.call('ZCARD', KEYS[1]) + redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[3], string.format('%.0f', now), room)
redis.call('PEXPIRE', KEYS[3], 60000)
return 1
