-- The lease of a node, as one partition knows it.
--
-- KEYS: 1 lease, 2 partition's leases
-- ARGV: 1 'look', 'take', 'renew' or 'release', 2 node, 3 incarnation, 4 time to live in ms; for 'release': how long its sessions' joins stay
-- Answer: '+', newest incarnation known (0: none), time. Or: '!FENCED', why: a newer one, or lapsed.

local now = micros()
local known = redis.call('GET', KEYS[1])
local newest, ends = 0, 0
if known then
  newest, ends = string.match(known, '^(%d+) (%d+)$')
  newest, ends = tonumber(newest), tonumber(ends)
end
if ARGV[1] == 'look' then
  return {'+', int(newest), int(now)}
end
local incarnation = tonumber(ARGV[3])
if newest > incarnation then
  return {'!FENCED', int(newest)}
end
local served = ARGV[2] .. '/' .. int(incarnation)
if ARGV[1] == 'release' then
  redis.call('ZADD', KEYS[2], int(now + tonumber(ARGV[4]) * 1000), served)
  redis.call('SET', KEYS[1], int(incarnation) .. ' ' .. int(now), 'PX', 86400000)
  return {'+', int(incarnation), int(now)}
end
if ARGV[1] == 'renew' and newest == incarnation and ends > 0 and ends <= now then
  return {'!FENCED', 'lapsed'}
end
local till = now + tonumber(ARGV[4]) * 1000
redis.call('SET', KEYS[1], int(incarnation) .. ' ' .. int(till), 'PX', 86400000)
redis.call('ZADD', KEYS[2], int(till), served)
return {'+', int(incarnation), int(now)}
