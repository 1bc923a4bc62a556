//! A real Chromium without a window, driven over a pipe by the `DevTools` protocol.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

/// Names of the browser, as Debian and others install it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// How long an answer or a page is waited for: a bound for a browser that hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// Stops of the Tab key on one page that are gone through: more is no way for a person.
const TABS_MAX: usize = 80;

/// One page of a browser.
pub(crate) struct Browser {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    number: u64,
    /// What went wrong in pages: exceptions, what the policy of contents forbade, and requests to other hosts.
    pub(crate) faults: VecDeque<String>,
    _profile: TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let installed = |name: &&&str| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        };
        let name = NAMES.iter().find(installed);
        let name = name.expect("no Chromium: apt-get install chromium");
        let profile = tempfile::tempdir().unwrap();
        // The protocol's pipe is descriptors 3 and 4. In a container Chromium's own sandbox has no rights to start;
        // it shows nothing but our own pages.
        let command = format!(
            "exec {name} --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
             --hide-scrollbars --lang=en --remote-debugging-pipe --user-data-dir=\"$0\" about:blank \
             3<&0 4>&1 >/dev/null 2>/dev/null"
        );
        let mut process = Command::new("sh")
            .arg("-c")
            .arg(command)
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { return };
                if let Ok(message) = serde_json::from_slice(&message) {
                    let _ = sender.send(message);
                }
            }
        });
        let mut browser = Self {
            process,
            input,
            messages,
            session: None,
            number: 0,
            faults: VecDeque::new(),
            _profile: profile,
        };
        browser.open();
        browser
    }

    fn open(&mut self) {
        let target = self.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.ask("Target.attachToTarget", attach);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "DOM", "Network"] {
            self.ask(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Asks the browser for something; the answer.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.answer(method, parameters);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers write it out")]
    fn answer(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.number += 1;
        let number = self.number;
        let mut message = json!({"id": number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.unwrap_or_else(|_| panic!("no answer to {method}"));
            if message["id"] == json!(number) {
                let error = &message["error"];
                return if error.is_null() {
                    Ok(message["result"].clone())
                } else {
                    Err(error.clone())
                };
            }
            self.hear(&message);
        }
    }

    fn hear(&mut self, message: &Value) {
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                let details = &message["params"]["exceptionDetails"];
                self.faults.push_back(format!("exception: {details}"));
            }
            Some("Log.entryAdded") if message["params"]["entry"]["level"] == "error" => {
                let entry = &message["params"]["entry"];
                // What is refused is told by its status as well; tests ask for some of it.
                if entry["source"] != "network" {
                    self.faults.push_back(entry["text"].to_string());
                }
            }
            Some("Network.requestWillBeSent") => {
                let address = message["params"]["request"]["url"].as_str().unwrap();
                let is_own = ["http://127.0.0.1:", "data:", "blob:", "about:"];
                if !is_own.iter().any(|start| address.starts_with(start)) {
                    self.faults.push_back(format!("another host: {address}"));
                }
            }
            // Leaving a page while something is sent is asked about: the tests do not.
            Some("Page.javascriptDialogOpening") => {
                panic!("a dialog opened: {}", message["params"]["message"]);
            }
            _ => {}
        }
    }

    /// What an expression comes to in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", parameters);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true in the page.
    pub(crate) fn until(&mut self, expression: &str) {
        let started = Instant::now();
        // A page that is being left answers nothing, or with an error: it is asked again.
        let asked = format!(
            "(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()"
        );
        let asked = json!({"expression": asked, "returnByValue": true});
        let is_so = |answer: Result<Value, Value>| {
            answer.is_ok_and(|answer| answer["result"]["value"] == json!(true))
        };
        while !is_so(self.answer("Runtime.evaluate", asked.clone())) {
            if started.elapsed() > PATIENCE {
                let text = self.value("location.href + '\\n' + document.body.innerText");
                panic!("it never came to {expression}: {text}\n{:?}", self.faults);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Goes to an address, and waits until the page is there.
    pub(crate) fn visit(&mut self, address: &str) {
        self.ask("Page.navigate", json!({"url": address}));
        let path = address.split('#').next().unwrap();
        self.until(&format!(
            "document.readyState === 'complete' && location.href.split('#')[0] === {}",
            json!(path)
        ));
    }

    /// Goes to an address that leads to another.
    pub(crate) fn follow(&mut self, address: &str) {
        self.ask("Page.navigate", json!({"url": address}));
    }

    /// Fills a field in, as typing would.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        let selector = json!(selector);
        self.value(&format!("document.querySelector({selector}).focus()"));
        self.write(text);
    }

    /// Presses what the selector finds, once the page's scripts are there.
    pub(crate) fn press(&mut self, selector: &str) {
        self.until("document.readyState === 'complete'");
        let selector = json!(selector);
        self.value(&format!("document.querySelector({selector}).click()"));
    }

    /// Presses what the selector finds with a pointer, in its middle.
    pub(crate) fn point(&mut self, selector: &str) {
        let [x, y] = self.middle(selector);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Drags with a pointer from one point of the window to another, with keys held: 8 is the shift key.
    pub(crate) fn drag(&mut self, from: [f64; 2], to: [f64; 2], held: u32) {
        let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        for (kind, [x, y], buttons) in [
            ("mouseMoved", from, 0),
            ("mousePressed", from, 1),
            ("mouseMoved", middle, 1),
            ("mouseMoved", to, 1),
            ("mouseReleased", to, 0),
        ] {
            let button = if kind == "mouseMoved" && buttons == 0 {
                "none"
            } else {
                "left"
            };
            let event = json!({"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1, "modifiers": held});
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Drops files or folders on a point of the window, as dragged out of the system.
    pub(crate) fn drop_on(&mut self, [x, y]: [f64; 2], files: &[&Path]) {
        let files: Vec<_> = files
            .iter()
            .map(|file| file.canonicalize().unwrap())
            .collect();
        let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": x, "y": y, "data": data});
            self.ask("Input.dispatchDragEvent", event);
        }
    }

    /// Holds a key down, or lets go of it.
    pub(crate) fn hold(&mut self, key: &str, is_down: bool) {
        let kind = if is_down { "keyDown" } else { "keyUp" };
        self.ask("Input.dispatchKeyEvent", json!({"type": kind, "key": key}));
    }

    /// The middle of what the selector finds, in the window.
    pub(crate) fn middle(&mut self, selector: &str) -> [f64; 2] {
        let place = self.value(&format!(
            "(() => {{ const box = document.querySelector({}).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        ));
        [0, 1].map(|index| place[index].as_f64().unwrap())
    }

    /// Presses a key, once the page's scripts are there.
    pub(crate) fn key(&mut self, key: &str) {
        self.until("document.readyState === 'complete'");
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        // What the browser itself does at a key goes by its number.
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "ArrowDown" => 40,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event =
                json!({"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code});
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Goes to what the selector finds by the Tab key alone.
    pub(crate) fn tab_to(&mut self, selector: &str) {
        self.until("document.readyState === 'complete'");
        let is_there = format!(
            "document.activeElement?.matches({}) === true",
            json!(selector)
        );
        for _ in 0..TABS_MAX {
            if self.value(&is_there) == json!(true) {
                return;
            }
            self.key("Tab");
        }
        let text = self.value("document.body.innerText");
        panic!("{selector} is not reached by the Tab key: {text}");
    }

    /// Writes at where the keyboard is.
    pub(crate) fn write(&mut self, text: &str) {
        self.ask("Input.insertText", json!({"text": text}));
    }

    /// Prefers a language, as a reader's browser does.
    pub(crate) fn prefer(&mut self, language: &str) {
        let headers = json!({"headers": {"Accept-Language": language}});
        self.ask("Network.setExtraHTTPHeaders", headers);
    }

    /// Presses a key with the shift key held.
    pub(crate) fn shifted(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "modifiers": 8});
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Cuts the connection of the page, or gives it back.
    pub(crate) fn offline(&mut self, is_offline: bool) {
        let conditions = json!({"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.ask("Network.emulateNetworkConditions", conditions);
    }

    /// Shows pages as whoever prefers `light` or `dark` sees them.
    pub(crate) fn scheme(&mut self, scheme: &str) {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.ask("Emulation.setEmulatedMedia", json!({"features": feature}));
    }

    /// Chooses files in a field.
    pub(crate) fn choose(&mut self, selector: &str, files: &[&Path]) {
        let document = self.ask("DOM.getDocument", json!({}));
        let root = &document["root"]["nodeId"];
        let node = self.ask(
            "DOM.querySelector",
            json!({"nodeId": root, "selector": selector}),
        );
        let files: Vec<_> = files
            .iter()
            .map(|file| file.canonicalize().unwrap())
            .collect();
        let chosen = json!({"files": files, "nodeId": node["nodeId"]});
        self.ask("DOM.setFileInputFiles", chosen);
    }

    /// Makes the window so wide.
    pub(crate) fn wide(&mut self, width: u32) {
        let height = if width < 600 { 740 } else { 860 };
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Writes the window's picture to a file.
    pub(crate) fn picture(&mut self, path: &Path) {
        // Pictures that are still drawn are waited for.
        self.until("[...document.images].every((image) => image.complete)");
        let wanted = json!({"format": "jpeg", "quality": 80});
        let shot = self.ask("Page.captureScreenshot", wanted);
        let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The shell became the browser, whose children end with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
