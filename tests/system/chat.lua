-- wrk sends one chat request again and again. Environment: MODEL.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"model":"' .. os.getenv("MODEL") .. '","messages":[{"role":"user","content":"Say hello."}],"max_tokens":8}'
