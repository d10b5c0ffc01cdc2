-- The entries a reader missed.
--
-- KEYS: 1 group, 2 messages, 3 changes, 4 tombstone of the reader's epoch, 5 partition's birth
-- ARGV: 1 the reader's epoch, 2 its offset, 3 time of the entry there or '', 4 entries at most of each kind, 5 lineage the reader knows
--   or '', 6 bytes of each kind from which on no further one is added
-- Answer: one of
--   'S', offset, messages, changes, changes so far, lineage, epoch, offset: the log continues, perhaps under a new epoch since that
--     offset; both lists are in order, and hold what is still there
--   'D', last entry: the group was deleted, perhaps at another time and by another node than the entry says
--   'F': the same epoch, but not the reader's log: its end lies before the reader, or another entry at the reader's offset
--   'R': another epoch, though the reader's was never ended
--   'N': no group, though it was never deleted

-- A large change: how large they are is not noted.
local CHANGE_BYTES = 65536

local meta = redis.call('HMGET', KEYS[1], 'e', 'm', 'f')
local now = lineage(KEYS[5])
local after = tonumber(ARGV[2])
local covered, known, till = covers(meta[3], ARGV[1], after)
if meta[1] ~= ARGV[1] and not covered then
  local last = redis.call('GET', KEYS[4])
  if not last and now ~= '' and now == ARGV[5] and not known then
    -- This store has lost nothing since: the group was deleted, so long ago that its tombstone has expired.
    local time = redis.call('TIME')
    last = string.format('D %.0f %s%06d deleted 0 0', tonumber(ARGV[2]) + 1, time[1], time[2])
  end
  if last then
    return {'D', last}
  end
  return {meta[1] and 'R' or 'N'}
end
local last, _, changes, _, _, _, _, _, heaviest, _, _, lastAt = struct.unpack(STATE, meta[2])
if last < after then
  return {'F'}
end
local here = last == after and string.format('%.0f', lastAt) or nil
for i = 2, 3 do
  local entry = not here and redis.call('XRANGE', KEYS[i], ARGV[2], ARGV[2])[1]
  here = entry and string.match(entry[2][2], '^%u %d+ (%d+)') or here
end
if here and ARGV[3] ~= '' and here ~= ARGV[3] then
  return {'F'}
end

local from, most, room = string.format('%.0f', after + 1), tonumber(ARGV[4]), tonumber(ARGV[6])
return {'S', last, take(KEYS[2], from, most, room, math.max(1, heaviest)), take(KEYS[3], from, most, room, CHANGE_BYTES), changes, now, meta[1],
  till or ''}
