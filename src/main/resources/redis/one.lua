-- Who gets a message that is for one member. Stands after member.lua.

-- Members looked at when none of the candidates is a member any more, and patterns of their filters.
local LOOKED_AT, PATTERNS_LOOKED_AT = 256, 2048

-- Whether a filter accepts a topic ('' for none), and how many patterns may be looked at after that.
local function accepts(filter, topic, left)
  if filter == '=' or topic == '' then
    return true, left
  end
  for pattern in string.gmatch(filter, '[^,]+') do
    left = left - 1
    if left < 0 then
      return false, left
    end
    local same = string.gsub(pattern, '[^%w]', function(c)
      return c == '*' and '[^.]+' or c == '>' and '.+' or '%' .. c
    end)
    if match(topic, '^' .. same .. '$') then
      return true, left
    end
  end
  return false, left
end

-- 0 for a member with a session on the node 'here' that can be reached, 1 for one elsewhere, 2 for none.
local function distance(m, here)
  local nearest = 2
  for _, held in ipairs(m.holdings) do
    local served = held.away == '' and match(held.owner, '^s:[^/]*/([^/]+)/')
    if served == here then
      return 0
    elseif served then
      nearest = 1
    end
  end
  return nearest
end

-- Any member that accepts the topic, the nearest of those that are looked at, and its joined offset; nil when none does.
local function another(topic, except, here)
  local found = redis.call('HRANDFIELD', key .. ':members', tostring(LOOKED_AT), 'WITHVALUES')
  local left = PATTERNS_LOOKED_AT
  local best, since, nearest
  for i = 1, #found, 2 do
    local offset, filter = match(found[i + 1], '^%d+ (%d+) %d+ (%S+) ')
    local accepted
    accepted, left = accepts(filter, topic, left)
    if accepted and found[i] ~= except then
      local far = distance(parse(found[i + 1]), here)
      if not best or far < nearest then
        best, since, nearest = found[i], offset, far
      end
      if nearest == 0 then
        break
      end
    end
  end
  return best, since
end

-- A number as bodies hold it.
local function number(value)
  local rest, bytes = value * 2, ''
  while rest >= 128 do
    bytes = bytes .. string.char(rest % 128 + 128)
    rest = math.floor(rest / 128)
  end
  return bytes .. string.char(rest)
end

-- The dispatch of the body, as Bodies.java writes it: to this member, or to nobody.
local function dispatched(actor, since)
  return actor and number(1) .. number(#actor) .. actor .. number(tonumber(since)) or number(3)
end

-- The dispatch of a message for one: count candidates and their joined offsets stand in ARGV from a on.
local function settle(a, count, topic, except, here)
  for i = a, a + 2 * count - 1, 2 do
    local text = redis.call('HGET', key .. ':members', ARGV[i])
    if text and match(text, '^%d+ (%d+) ') == ARGV[i + 1] then
      return dispatched(ARGV[i], ARGV[i + 1])
    end
  end
  return dispatched(another(topic, except, here))
end
