import assert from "node:assert/strict";
import { test } from "node:test";
import { OriginRules } from "./origin.ts";

const local = new OriginRules({
  host: "127.0.0.1",
  allowedHosts: ["sirve.lan"],
  allowedOrigins: ["https://app.example"],
});
const wide = new OriginRules({ host: "0.0.0.0", allowedHosts: [], allowedOrigins: [] });
const any = new OriginRules({ host: "0.0.0.0", allowedHosts: ["*"], allowedOrigins: [] });

interface Case {
  readonly rules?: OriginRules;
  readonly method?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly site?: string;
  readonly refused?: string;
}

const CASES: Case[] = [
  { host: "localhost:8080" },
  { host: "LOCALHOST" },
  { host: "app.localhost:1" },
  { host: "127.0.0.1:8080" },
  { host: "127.8.9.1" },
  { host: "[::1]:8080" },
  { host: "sirve.lan:8080" },
  { host: "Sirve.LAN." },
  { host: "evil.example", refused: "Host" },
  { host: "evil.example:8080", method: "GET", refused: "Host" },
  { host: "localhost.evil.example", refused: "Host" },
  { host: "127.0.0.1.evil.example", refused: "Host" },
  { host: "127.0.0.1, evil.example", refused: "Host" },
  { host: "localhost@evil.example", refused: "Host" },
  { host: "192.168.1.4", refused: "Host" },
  { host: "", refused: "Host" },
  {},
  { rules: wide, host: "192.168.1.4:8080" },
  { rules: wide, host: "[fe80::1]" },
  { rules: wide, host: "evil.example", refused: "Host" },
  { rules: any, host: "evil.example" },
  { host: "localhost:8080", origin: "http://localhost:8080" },
  { host: "localhost:8080", origin: "https://localhost:8080" },
  { host: "localhost:8080", origin: "http://localhost:9999", refused: "Origin" },
  { host: "localhost:8080", origin: "http://127.0.0.1:8080", refused: "Origin" },
  { host: "localhost:8080", origin: "null", refused: "Origin" },
  { host: "localhost:8080", origin: "https://evil.example", refused: "Origin" },
  { host: "localhost:8080", origin: "https://evil.example", method: "GET" },
  { host: "localhost:8080", origin: "https://evil.example", method: "DELETE", refused: "Origin" },
  { host: "localhost:8080", origin: "https://app.example" },
  { host: "localhost:8080", origin: "https://app.example.evil", refused: "Origin" },
  { origin: "http://undefined", refused: "Origin" },
  { host: "localhost:8080", site: "same-origin" },
  { host: "localhost:8080", site: "none" },
  { host: "localhost:8080", site: "same-site", refused: "Sec-Fetch-Site" },
  { host: "localhost:8080", site: "cross-site", refused: "Sec-Fetch-Site" },
  { host: "localhost:8080", site: "cross-site", method: "GET" },
  { host: "localhost:8080", origin: "https://app.example", site: "cross-site" },
];

for (const { rules = local, method = "POST", host, origin, site, refused } of CASES) {
  const name = `${method} Host ${host} Origin ${origin} Sec-Fetch-Site ${site}${rules === local ? "" : " beyond loopback"}`;
  test(`${name} is ${refused === undefined ? "served" : `refused for its ${refused}`}`, () => {
    for (let time = 0; time < 2; time++) {
      const error = rules.check({ method, host, origin, secFetchSite: site });
      assert.equal(error?.details.field, refused);
      if (error) assert.equal(error.code, "permission_denied");
    }
  });
}
