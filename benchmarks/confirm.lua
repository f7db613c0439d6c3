-- Presses the button behind each link of the file that is the first argument, once.
local next_token

function init(args)
  next_token = io.lines(args[1])
end

function request()
  local token = next_token() or error("more links are needed")
  return wrk.format("POST", "/pledge/confirm/" .. token .. "/", {["Sec-Fetch-Site"] = "same-origin"})
end
