-- Reads a group's streams without taking more of them than is needed: what Redis finds there it copies whole, with its body. Stands before
-- scripts that do.

-- Reads of one stream in one call at most: who wants more asks again.
local MOST_READS = 256

-- The head of the first message in a range that has one: its id, and as numbers offset, time, ordinal, and weight of all messages before it.
-- nil: there is none.
local function look(messages, from, to)
  while true do
    local found = redis.call('XRANGE', messages, from, to, 'COUNT', '1')[1]
    if not found then
      return nil
    end
    local offset, at, ordinal, before = string.match(found[2][2], '^P (%d+) (%d+) (%d+) (%d+) ')
    if offset then
      return {id = found[1], offset = tonumber(offset), at = tonumber(at), ordinal = tonumber(ordinal), before = tonumber(before)}
    end
    from = '(' .. found[1]
  end
end

-- The oldest message that is kept, as all after it are, and whether it is the first of the stream; nil: none is. Of the others it looks at few, and
-- at none twice: what is wanted stands near the begin as a rule, so from there on with ever larger steps, and then in between.
-- last: offset of the log's last entry
local function oldest(messages, last, kept)
  local before = look(messages, '-', '+')
  if not before or kept(before) then
    return before, true
  end
  local found, behind, step, near = nil, last + 1, 1, true
  while behind - before.offset > 1 and not (found and found.ordinal == before.ordinal + 1) do
    local from = near and math.min(before.offset + step, behind - 1) or math.floor((before.offset + behind) / 2)
    local at = look(messages, string.format('%.0f', from), string.format('%.0f', behind - 1))
    if at and not kept(at) then
      before, step = at, step * 2
    else
      found, behind, near = at or found, from, false
    end
  end
  return found, false
end

-- Entries of a stream from an id on, as readers take them: most of them at most, and none behind those that fill a room in bytes. Then the head of
-- the last one, and whether the stream ends there. largest: bytes of the largest entry, as far as known
local function take(stream, from, most, room, largest)
  local entries, count, bytes, head = {}, 0, 0, ''
  for _ = 1, MOST_READS do
    if count >= most or bytes >= room then
      return entries, head, false
    end
    local some = math.max(1, math.min(most - count, 256, math.floor((room - bytes) / largest)))
    local found = redis.call('XRANGE', stream, from, '+', 'COUNT', string.format('%.0f', some))
    for i = 1, #found do
      local entry = found[i][2]
      head = entry[2]
      count = count + 1
      entries[count] = entry[3] == 'b' and head .. entry[4] or head
      bytes = bytes + #entries[count]
      largest = math.max(largest, #entries[count])
    end
    if #found < some then
      return entries, head, true
    end
    from = '(' .. found[some][1]
  end
  return entries, head, false
end

