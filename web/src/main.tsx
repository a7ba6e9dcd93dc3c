import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import "./style/tokens.css";
import "./style/base.css";

const place = document.getElementById("page");
if (!place) throw new Error("index.html has no element with the id page");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
