-- Retained messages after an offset, and what it takes to count those that are gone.
--
-- KEYS: 1 group, 2 messages, 3 changes
-- ARGV: 1 epoch or '', 2 offset or '' for the oldest, 3 messages at most
-- Answer: epoch, offset, messages so far, changes so far, changes kept, time, 1 when the position is of another life;
--   offset of the oldest change kept and the messages before it, or ''; the same of the first change after the offset;
--   ordinal and offset of the oldest message retained, or ''; 1 when more follows; then the entries. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'm', 'f')
if not meta[1] then
  return {}
end
local last, messages, changes, most, age = struct.unpack(STATE, meta[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local strange = ARGV[2] ~= ''
  and (ARGV[1] ~= meta[1] or tonumber(ARGV[2]) > last)
  and not covers(meta[3], ARGV[1], tonumber(ARGV[2]))
local after = (ARGV[2] == '' or strange) and 0 or tonumber(ARGV[2])

local function changeAt(from)
  local found = redis.call('XRANGE', KEYS[3], from, '+', 'COUNT', '1')[1]
  return found and string.match(found[1], '^%d+') .. ' ' .. found[2][4] or ''
end

local firstOrdinal, firstOffset
local function findFirst()
  local least = messages - most
  local past = now - age * 1000
  local from = '-'
  while true do
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', '100')
    for _, message in ipairs(found) do
      local offset, at, ordinal = string.match(message[2][2], '^P (%d+) (%d+) (%d+) ')
      if ordinal and tonumber(ordinal) > least and tonumber(at) > past then
        firstOrdinal, firstOffset = ordinal, offset
        return
      end
    end
    if #found < 100 then
      return
    end
    from = '(' .. found[#found][1]
  end
end
findFirst()

local entries, more = {}, '0'
if firstOffset then
  local limit = tonumber(ARGV[3])
  local from = math.max(after + 1, tonumber(firstOffset))
  local found = redis.call('XRANGE', KEYS[2], string.format('%.0f', from), '+', 'COUNT', string.format('%.0f', limit + 1))
  for i = 1, math.min(#found, limit) do
    entries[i] = found[i][2][2] .. found[i][2][4]
  end
  more = #found > limit and '1' or '0'
end
return {meta[1], last, messages, changes, redis.call('XLEN', KEYS[3]), now,
  strange and '1' or '0', changeAt('-'), changeAt(string.format('%.0f', after + 1)),
  firstOrdinal and firstOrdinal .. ' ' .. firstOffset or '', more, entries}
