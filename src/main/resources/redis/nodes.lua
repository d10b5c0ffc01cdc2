-- Nodes that have a lease, as one partition knows them; those with most time left first.
--
-- KEYS: 1 partition's leases
-- ARGV: 1 nodes at most
-- Answer: in turn, 'node/incarnation' and the time left in ms

local now = micros()
local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. int(now), 'WITHSCORES', 'LIMIT', '0', ARGV[1])
local answer = {}
for i = 1, #found, 2 do
  answer[i], answer[i + 1] = found[i], int(math.floor((tonumber(found[i + 1]) - now) / 1000))
end
return answer
