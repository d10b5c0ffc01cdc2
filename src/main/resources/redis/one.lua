-- Chooses the recipient of a message that is for one member. Stands after member.lua.

-- Members looked at when none of the candidates of one message is a member any more.
local LOOKED_AT = 256

-- Members, patterns of their filters and bytes that may still be looked at in this call: for messages with candidates, and for those without, as every
-- message has of a topic that no member accepts.
local NAMED, BARE = {members = 512, patterns = 1024, bytes = 262144}, {members = 512, patterns = 1024, bytes = 262144}

-- Topics that no member of the group at work accepts, and joined offsets of its members; with that group, and the number of changes of its members when
-- this was found.
local nobody, since, foundOf, foundAfter = {}, {}, '', -1

local function forgetChanged()
  if foundOf ~= key or foundAfter ~= group.changes then
    nobody, since, foundOf, foundAfter = {}, {}, key, group.changes
  end
end

-- Patterns with wildcards as Lua has them; false for those without.
local translated = {}

local function translation(pattern)
  local known = translated[pattern]
  if known == nil then
    known = string.find(pattern, '[*>]') and '^' .. string.gsub(pattern, '[^%w]', function(c)
      return c == '*' and '[^.]+' or c == '>' and '.+' or '%' .. c
    end) .. '$'
    known = known or false
    translated[pattern] = known
  end
  return known
end

-- Whether a filter accepts a topic ('' for none), as far as patterns may be looked at.
local function accepts(filter, topic, left)
  if filter == '=' or topic == '' then
    return true
  end
  for pattern in string.gmatch(filter, '[^,]+') do
    if left.patterns <= 0 then
      return false
    end
    left.patterns = left.patterns - 1
    if pattern == topic then
      return true
    end
    local wild = translation(pattern)
    if wild and match(topic, wild) then
      return true
    end
  end
  return false
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

-- Any member that accepts the topic, the nearest of those that are looked at, and its joined offset; nil when none does. left: NAMED or BARE.
local function another(topic, except, here, left)
  if left.members <= 0 or left.patterns <= 0 or left.bytes <= 0 or nobody[topic] then
    return nil
  end
  local found = redis.call('HRANDFIELD', key .. ':members', int(math.min(LOOKED_AT, left.members)))
  left.members = left.members - #found
  local best, joined, nearest
  local any = false
  for _, actor in ipairs(found) do
    if left.bytes <= 0 then
      break
    end
    local text = redis.call('HGET', key .. ':members', actor)
    left.bytes = left.bytes - #text
    local offset, filter = match(text, '^%d+ (%d+) %d+ (%S+) ')
    if accepts(filter, topic, left) then
      any = true
      if actor ~= except then
        local far = distance(parse(text), here)
        if not best or far < nearest then
          best, joined, nearest = actor, offset, far
        end
        if nearest == 0 then
          break
        end
      end
    end
  end
  if not any and left.patterns > 0 and left.bytes > 0 then
    nobody[topic] = true
  end
  return best, joined
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

-- The dispatch of the body, as Bodies.java writes it: to this member, or to none.
local function dispatched(actor, joined)
  return actor and number(1) .. number(#actor) .. actor .. number(tonumber(joined)) or number(3)
end

-- As text; '' for no member. Kept for the call: a membership may be large, and be a candidate of many messages.
local function joinedOffset(actor)
  local known = since[actor]
  if not known then
    known = match(redis.call('HGET', key .. ':members', actor) or '', '^%d+ (%d+) ') or ''
    since[actor] = known
  end
  return known
end

-- The dispatch of a message for one: count candidates and their joined offsets stand in ARGV from a on.
local function settle(a, count, topic, except, here)
  forgetChanged()
  for i = a, a + 2 * count - 1, 2 do
    if joinedOffset(ARGV[i]) == ARGV[i + 1] then
      return dispatched(ARGV[i], ARGV[i + 1])
    end
  end
  return dispatched(another(topic, except, here, count == 0 and BARE or NAMED))
end
