-- How well an object of commissioning.support is, for Argo CD. Its kinds all use the same conditions, so this
-- one script serves them all; what Flux calls Current, InProgress and Failed is Healthy, Progressing and
-- Degraded here. It uses no library.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end

local function isTrue(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

if conditions["Ready"] == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "The operator has not seen the latest change yet."}
end
if isTrue("Stalled") then
  return {status = "Degraded", message = conditions["Stalled"].message}
end
if isTrue("Reconciling") then
  return {status = "Progressing", message = conditions["Reconciling"].message}
end
if isTrue("Ready") then
  return {status = "Healthy", message = conditions["Ready"].message}
end
return {status = "Progressing", message = conditions["Ready"].message}
