-- Closed loop: each connection sends its next declaration when it has the answer to the last.
--   wrk -t2 -c64 -d30s --latency -s benches/load/decide.lua http://127.0.0.1:8080

local id = "572020120000103118"
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init()
    local file = assert(io.open("fixtures/ciq/declarations.ndjson"))
    local template = file:read("*l")
    file:close()
    local first, last = template:find(id, 1, true)
    head, tail = template:sub(1, first - 1), template:sub(last + 1)
    -- Another run sends other ids.
    series = os.time() % 1000000
    sent, refused = 0, 0
end

function request()
    sent = sent + 1
    local body = head .. string.format("%06d%02d%010d", series, number, sent) .. tail
    return wrk.format("POST", "/v1/decisions", { ["Content-Type"] = "application/json" }, body)
end

function response(status)
    if status ~= 200 then
        refused = refused + 1
        if refused == 1 then
            io.stderr:write("an answer with status " .. status .. "\n")
        end
    end
end
