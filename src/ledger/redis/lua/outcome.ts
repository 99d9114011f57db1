/** What src/ledger/outcome.ts says, in Lua. A truth is {observedAt, kind, value}; kinds are indexes in KINDS, tasks in TASKS. */
export const LUA_OUTCOME = String.raw`
local LABEL, VALUE, CORRECT = 0, 1, 2
local TASK_KIND = {[0] = LABEL, LABEL, VALUE, CORRECT}
-- The order of the kinds' names as text: correct, label, value.
local KIND_ORDER = {[LABEL] = 1, [VALUE] = 2, [CORRECT] = 0}

local function kindFits(task, kind)
  return kind == CORRECT or TASK_KIND[task] == kind
end

-- Lua's own < on texts goes by the locale of the server.
local function bytesAfter(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x > y end
  end
  return #a > #b
end

local function sameTruth(a, b)
  return a.kind == b.kind and a.value == b.value
end

local function outranks(a, b)
  if a.observedAt ~= b.observedAt then return a.observedAt > b.observedAt end
  if a.kind ~= b.kind then return KIND_ORDER[a.kind] > KIND_ORDER[b.kind] end
  return bytesAfter(a.value, b.value)
end

local RADIX = {x = 16, o = 8, b = 2}

-- What Number(text) is in JavaScript. tonumber alone takes inf, nan and hexadecimal fractions too, and no Infinity and no empty text.
local function numberOf(text)
  local t = string.match(text, '^%s*(.-)%s*$')
  if t == '' then return 0 end
  local sign, digits = string.match(t, '^([+-]?)(.*)$')
  if digits == 'Infinity' then return sign == '-' and -math.huge or math.huge end
  local mantissa = string.match(digits, '^([%d.]+)[eE][+-]?%d+$') or digits
  if string.find(mantissa, '^%d+%.?%d*$') or string.find(mantissa, '^%.%d+$') then return tonumber(t) end
  local letter, rest = string.match(t, '^0(%a)(%w+)$')
  local radix = letter and RADIX[string.lower(letter)]
  return radix and tonumber(rest, radix) or 0 / 0
end

-- predicted: {label (nil for none), value, tolerance}
local function isFailure(predicted, truth)
  if truth.kind == LABEL then return truth.value ~= predicted.label end
  if truth.kind == CORRECT then return truth.value == 'false' end
  -- Negated, so that NaN on either side is a failure.
  return not (math.abs(predicted.value - numberOf(truth.value)) <= predicted.tolerance)
end
`;
