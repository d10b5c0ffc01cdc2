-- Retained messages after an offset, and the numbers needed to count those that are gone.
--
-- KEYS: 1 group, 2 messages, 3 changes
-- ARGV: 1 epoch or '', 2 offset or '' for the oldest, 3 messages at most, 4 bytes from which on no further one is added
-- Answer: epoch, offset, messages so far, changes so far, changes kept, time, 1 when the position is of another epoch;
--   offset of the oldest change kept and the messages before it, or ''; the same of the first change after the offset;
--   ordinal and offset of the oldest message retained, or ''; 1 when more follows; then the entries; past. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'm', 'f')
if not meta[1] then
  return {}
end
local last, messages, changes, most, age, _, _, _, heaviest = struct.unpack(STATE, meta[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local strange, after = false, tonumber(ARGV[2]) or 0
if ARGV[2] ~= '' and (ARGV[1] ~= meta[1] or after > last) then
  local covered, _, till = covers(meta[3], ARGV[1], after)
  if not covered then
    -- If it is known up to where the earlier epoch is part of this log, the client has what is before that.
    strange, after = true, tonumber(till or 0)
  end
end

local function changeAt(from)
  local found = redis.call('XRANGE', KEYS[3], from, '+', 'COUNT', '1')[1]
  return found and string.match(found[1], '^%d+') .. ' ' .. found[2][4] or ''
end

local least, past = messages - most, now - age * 1000
local first = oldest(KEYS[2], last, function(message)
  return message.ordinal > least and message.at > past
end)
local entries, more = {}, '0'
if first then
  local head, all
  local from = string.format('%.0f', math.max(after + 1, first.offset))
  entries, head, all = take(KEYS[2], from, tonumber(ARGV[3]), tonumber(ARGV[4]), math.max(1, heaviest))
  local ordinal = tonumber(string.match(head, '^P %d+ %d+ (%d+) ') or 0)
  more = not all and ordinal < messages and '1' or '0'
end
return {meta[1], last, messages, changes, redis.call('XLEN', KEYS[3]), now,
  strange and '1' or '0', changeAt('-'), changeAt(string.format('%.0f', after + 1)),
  first and string.format('%.0f %.0f', first.ordinal, first.offset) or '', more, entries, meta[3] or ''}
