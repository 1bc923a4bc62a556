import { call } from "./call.js";
import { tell } from "./words.js";

document.getElementById("sign-out")?.addEventListener("click", async () => {
  try {
    await call("DELETE", "/api/v1/session");
  } catch (error) {
    if (error.status !== 401) return tell(error.message);
  }
  location.assign("/sign-in");
});
