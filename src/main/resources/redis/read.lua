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
local last, messages, changes, most, age = struct.unpack(STATE, meta[2])
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

local firstOrdinal, firstOffset
local function findFirst()
  local least = messages - most
  local past = now - age * 1000
  local from, some = '-', 1
  while true do
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', some)
    local offset, at, ordinal
    for _, message in ipairs(found) do
      offset, at, ordinal = string.match(message[2][2], '^P (%d+) (%d+) (%d+) ')
      if ordinal and tonumber(ordinal) > least and tonumber(at) > past then
        firstOrdinal, firstOffset = ordinal, offset
        return
      end
    end
    if #found < some then
      return
    end
    if ordinal and tonumber(ordinal) <= least then
      -- As many messages further on at least; with whole messages to be read, one is cheaper than many.
      from = string.format('%.0f', tonumber(offset) + least + 1 - tonumber(ordinal))
    else
      from = '(' .. found[#found][1]
      some = math.min(100, some * 4)
    end
  end
end
findFirst()

local entries, more = {}, '0'
if firstOffset then
  local limit, room = tonumber(ARGV[3]), tonumber(ARGV[4])
  local from = string.format('%.0f', math.max(after + 1, tonumber(firstOffset)))
  -- As many at once as have room if they are like those before; all that is taken from the stream is copied.
  local count, bytes, some, last = 0, 0, 8, nil
  while count < limit and bytes < room and from do
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', string.format('%.0f', math.min(some, limit - count)))
    from = found[some] and '(' .. found[#found][1] or nil
    for i = 1, #found do
      if bytes < room then
        count, last = count + 1, found[i][1]
        local entry = found[i][2][2] .. found[i][2][4]
        entries[count], bytes = entry, bytes + #entry
      else
        more = '1'
      end
    end
    some = math.max(1, math.min(256, math.floor((room - bytes) * count / (bytes + 1)) + 1))
  end
  if more == '0' and last then
    more = #redis.call('XRANGE', KEYS[2], '(' .. last, '+', 'COUNT', '1') > 0 and '1' or '0'
  end
end
return {meta[1], last, messages, changes, redis.call('XLEN', KEYS[3]), now,
  strange and '1' or '0', changeAt('-'), changeAt(string.format('%.0f', after + 1)),
  firstOrdinal and firstOrdinal .. ' ' .. firstOffset or '', more, entries, meta[3] or ''}
