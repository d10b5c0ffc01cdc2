-- A group at one position, with its members.
--
-- KEYS: 1 group, 2 members
-- ARGV: none
-- Answer: epoch, offset, created at, spec, then actor and membership by turns. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'o', 'c', 's')
if not meta[1] then
  return {}
end
return {meta[1], meta[2], meta[3], meta[4], redis.call('HGETALL', KEYS[2])}
