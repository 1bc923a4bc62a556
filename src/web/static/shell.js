import { call } from "./call.js";
import { tell } from "./words.js";

// Where the pages' names do not fit the width, the one of this page is seen.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

document.getElementById("sign-out")?.addEventListener("click", async () => {
  try {
    await call("DELETE", "/api/v1/session");
  } catch (error) {
    if (error.status !== 401) return tell(error.message);
  }
  location.assign("/sign-in");
});
