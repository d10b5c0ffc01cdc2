-- Where the logs of groups of one partition end.
--
-- KEYS: groups
-- ARGV: none
-- Answer: for each group epoch and offset; both '' for no group. Then the time.

local found = {}
for i = 1, #KEYS do
  local meta = redis.call('HMGET', KEYS[i], 'e', 'm')
  found[#found + 1] = meta[1] or ''
  found[#found + 1] = meta[1] and struct.unpack(STATE, meta[2]) or ''
end
found[#found + 1] = int(micros())
return found
