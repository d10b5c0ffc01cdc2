-- Retained messages before an offset, the newest first, and the numbers needed to count those that are gone.
--
-- KEYS: 1 group, 2 messages, 3 changes
-- ARGV: 1 epoch or '', 2 offset or '' for the newest, 3 messages at most, 4 bytes from which on no further one is added
-- Answer: as that of read, where the change is the first from the offset on, and more follows against the order of the log; at the end, the offset of
--   the last of the entries, 0 without any. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'm', 'f')
if not meta[1] then
  return {}
end
local last, messages, changes, most, age, _, _, _, heaviest = struct.unpack(STATE, meta[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local strange, before = false, tonumber(ARGV[2]) or last + 1
if ARGV[2] ~= '' and (ARGV[1] ~= meta[1] or before > last + 1) and not covers(meta[3], ARGV[1], before - 1) then
  strange, before = true, last + 1
end

local function changeAt(from)
  local found = redis.call('XRANGE', KEYS[3], from, '+', 'COUNT', '1')[1]
  return found and string.match(found[1], '^%d+') .. ' ' .. found[2][4] or ''
end

local least, past = messages - most, now - age * 1000
local first = oldest(KEYS[2], last, function(message)
  return message.ordinal > least and message.at > past
end)
local entries, more, down = {}, false, 0
if first and before > first.offset then
  local wanted, room, largest = tonumber(ARGV[3]), tonumber(ARGV[4]), math.max(1, heaviest)
  local upper, bytes, head = string.format('%.0f', before - 1), 0, ''
  more = true
  for _ = 1, MOST_READS do
    if #entries >= wanted or bytes >= room then
      break
    end
    local some = math.max(1, math.min(wanted - #entries, 256, math.floor((room - bytes) / largest)))
    local found = redis.call('XREVRANGE', KEYS[2], upper, first.id, 'COUNT', string.format('%.0f', some))
    for i = 1, #found do
      local entry = found[i][2]
      head = entry[2]
      entries[#entries + 1] = entry[3] == 'b' and head .. entry[4] or head
      bytes = bytes + #entries[#entries]
      largest = math.max(largest, #entries[#entries])
      down = string.match(found[i][1], '^%d+')
    end
    if #found < some then
      more = false
      break
    end
    upper = '(' .. found[some][1]
  end
  more = more and tonumber(down) > first.offset
end
return {meta[1], last, messages, changes, redis.call('XLEN', KEYS[3]), now,
  strange and '1' or '0', changeAt('-'), changeAt(string.format('%.0f', math.max(0, before))),
  first and string.format('%.0f %.0f', first.ordinal, first.offset) or '', more and '1' or '0', entries, meta[3] or '', down}
