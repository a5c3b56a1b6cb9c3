//! A Chromium without a window, driven through the [DevTools protocol](https://chromedevtools.github.io/devtools-protocol/):
//! it opens pages, says what they hold and keeps what they write to the console. Knows nothing of what is on them.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The variable that names the browser.
const VARIABLE: &str = "HLOOM_BROWSER";

/// How long an answer may take: a machine that compiles beside the tests is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running browser with one page. It ends with this value.
pub(crate) struct Browser {
    process: Child,
    pipe: RefCell<Pipe>,
    session: String,
    folder: TempDir,
}

/// Both directions of the protocol: messages of JSON, each ended by a zero byte.
struct Pipe {
    requests: ChildStdin,
    messages: Receiver<Value>,
    n_requests: u64,
    events: Vec<Value>,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The width in CSS pixels.
    pub(crate) width: u32,
    /// Whether the system prefers dark colours.
    pub(crate) is_dark: bool,
    /// Whether scripts run.
    pub(crate) has_scripts: bool,
}

impl Browser {
    /// Starts the browser that the environment names.
    pub(crate) fn start() -> Result<Browser> {
        let program = env::var_os(VARIABLE).with_context(|| {
            format!("{VARIABLE} does not name a Chromium; `cargo xtask page` finds one and sets it")
        })?;
        let folder = tempfile::tempdir()?;
        let log = fs::File::create(folder.path().join("log"))?;
        // The protocol is spoken through the descriptors 3 and 4, which the shell makes of what it gets.
        let mut process = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>&2"#])
            .arg(&program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars"])
            // What is opened is a file of ours; in a container the sandbox lacks what it needs.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let (requests, answers) = (process.stdin.take(), process.stdout.take());
        let (requests, mut answers) = (requests.context("no way in")?, BufReader::new(answers.context("no way out")?));
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                let parsed = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                if parsed.is_ok_and(|value| sender.send(value).is_err()) {
                    break;
                }
                message.clear();
            }
        });
        let pipe = RefCell::new(Pipe { requests, messages, n_requests: 0, events: Vec::new() });
        let mut browser = Browser { process, pipe, session: String::new(), folder };
        let page = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().context("no session")?.to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(browser)
    }

    /// Opens a file, and waits until it is there.
    pub(crate) fn open(&self, file: &Path, view: View) -> Result<()> {
        let View { width, is_dark, has_scripts } = view;
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", screen)?;
        let scheme = if is_dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media)?;
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !has_scripts }))?;
        self.pipe.borrow_mut().events.clear();
        let opened = self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }))?;
        ensure!(opened.get("errorText").is_none(), "cannot open {}: {opened}", file.display());
        self.pipe.borrow_mut().wait("Page.loadEventFired")
    }

    /// The value of an expression on the page, as JSON.
    pub(crate) fn evaluate(&self, expression: &str) -> Result<Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", parameters)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("{expression}: {thrown}");
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Clicks in the middle of an element, as a person would.
    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        let place = self.evaluate(&format!(
            "(() => {{ const it = document.querySelector({}); it.scrollIntoView({{ block: 'center', inline: 'center' }});
               const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            Value::from(selector),
        ))?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event)?;
        }
        Ok(())
    }

    /// Types a text into what has the focus.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    /// The upper end of the page as a picture, encoded in base64.
    pub(crate) fn picture(&self, width: u32, height: u32) -> Result<String> {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let answer = self.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip }))?;
        Ok(answer["data"].as_str().context("no picture")?.to_owned())
    }

    /// What the page has written to the console, has thrown or was denied since it was opened.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let loud = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        let pipe = self.pipe.borrow();
        let events = pipe.events.iter().filter(|event| event["method"].as_str().is_some_and(|it| loud.contains(&it)));
        events.map(|event| event["params"].to_string()).collect()
    }

    /// The addresses that the page has asked for since it was opened.
    pub(crate) fn requests(&self) -> Vec<String> {
        let pipe = self.pipe.borrow();
        let events = pipe.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        events.filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }

    fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        let result = self.pipe.borrow_mut().call(method, parameters, &self.session);
        result.with_context(|| {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            format!("{method} failed; the browser says:\n{log}")
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        let _ = self.pipe.borrow_mut().call("Browser.close", json!({}), "");
        let patience = Instant::now() + Duration::from_secs(5);
        while Instant::now() < patience && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Pipe {
    fn call(&mut self, method: &str, parameters: Value, session: &str) -> Result<Value> {
        self.n_requests += 1;
        let number = self.n_requests;
        let mut request = json!({ "id": number, "method": method, "params": parameters });
        if !session.is_empty() {
            request["sessionId"] = session.into();
        }
        write!(self.requests, "{request}\0")?;
        self.requests.flush()?;
        loop {
            let message = self.next()?;
            if message["id"] != number {
                self.events.push(message);
            } else if let Some(error) = message.get("error") {
                bail!("{error}");
            } else {
                return Ok(message["result"].clone());
            }
        }
    }

    fn wait(&mut self, method: &str) -> Result<()> {
        while !self.events.iter().any(|event| event["method"] == method) {
            let message = self.next()?;
            self.events.push(message);
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Value> {
        self.messages.recv_timeout(PATIENCE).map_err(|error| anyhow!("no answer: {error}"))
    }
}
