-- Stands before scripts that answer with the lineage: the history of the store that they have seen.

-- Names the history of a partition's data: another one after a replica has taken over, after data was loaded from a file, and after all
-- was deleted, with the partition's birth. '' where that is not known.
local function lineage(birth)
  local said = redis.pcall('INFO', 'replication')
  local id = type(said) == 'string' and string.match(said, 'master_replid:(%x+)')
  local born = redis.call('GET', birth)
  return id and born and id .. '/' .. born or ''
end

