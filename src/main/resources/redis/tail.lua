-- The entries a reader missed.
--
-- KEYS: 1 group, 2 messages, 3 changes, 4 tombstone of the reader's epoch
-- ARGV: 1 the reader's epoch, 2 its offset, 3 time of the entry there or '', 4 entries at most of each kind
-- Answer: one of
--   'S', offset, messages, changes, changes so far: this life goes on; both lists are in order, and hold what is still there
--   'D', last entry: this life was ended
--   'F': the same epoch, but not the reader's log: its end lies before the reader, or another entry at the reader's offset
--   'R': another life, though this one was never ended
--   'N': no group, though it was never deleted

local meta = redis.call('HMGET', KEYS[1], 'e', 'm')
if meta[1] ~= ARGV[1] then
  local last = redis.call('GET', KEYS[4])
  if last then
    return {'D', last}
  end
  return {meta[1] and 'R' or 'N'}
end
local after = tonumber(ARGV[2])
local last, _, changes = struct.unpack(STATE, meta[2])
if last < after then
  return {'F'}
end
if ARGV[3] ~= '' then
  for i = 2, 3 do
    local here = redis.call('XRANGE', KEYS[i], ARGV[2], ARGV[2])[1]
    if here and string.match(here[2][2], '^%u %d+ (%d+)') ~= ARGV[3] then
      return {'F'}
    end
  end
end

local function entries(key)
  local found = redis.call('XRANGE', key, string.format('%.0f', after + 1), '+', 'COUNT', ARGV[4])
  for i = 1, #found do
    local entry = found[i][2]
    found[i] = entry[3] == 'b' and entry[2] .. entry[4] or entry[2]
  end
  return found
end
return {'S', last, entries(KEYS[2]), entries(KEYS[3]), changes}
