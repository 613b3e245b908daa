//! Chromium, as a person uses it: by the WebDriver protocol, which curl speaks well enough.

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::pages::PASSWORD;
use crate::program::{Ran, workspace};
use crate::support::PATIENCE;

/// How the protocol calls an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser without a window, ended with the value.
pub(super) struct Browser {
    driver: Child,
    session: String,
    site: String,
    axe: String,
    complaints: RefCell<Vec<String>>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "20", "-X", "DELETE", "-o", "/dev/null", &self.session]);
        #[expect(clippy::disallowed_methods, reason = "the client of chromedriver")]
        let _ = command.status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn ask(method: &str, address: &str, body: &Value) -> Result<Value, String> {
    let mut command = Command::new("curl");
    command.args(["-sS", "-m", "120", "-X", method, "-H", "Content-Type: application/json", address]);
    if method == "POST" {
        command.args(["--data-binary", "@-"]).stdin(Stdio::piped());
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    #[expect(clippy::disallowed_methods, reason = "the client of chromedriver")]
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        std::io::Write::write_all(&mut stdin, body.to_string().as_bytes()).unwrap();
    }
    let answer = Ran::of(&child.wait_with_output().unwrap());
    let value =
        serde_json::from_str::<Value>(&answer.stdout).map_err(|error| format!("{error}: {answer:?}"))?;
    match value["value"]["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["value"]["message"])),
        None => Ok(value["value"].clone()),
    }
}

impl Browser {
    pub(super) fn start(site: &str) -> Browser {
        let axe = std::env::var("IMG_TEST_AXE")
            .expect("IMG_TEST_AXE is not set: run the tests by `make test`, which fetches axe-core");
        let axe = std::fs::read_to_string(axe).unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "the browser of the test")]
        let mut driver = command.spawn().expect("chromedriver starts: Debian's chromium-driver has it");
        let said = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = said
            .filter_map(|line| Some(line.rsplit_once("on port ")?.1.trim_end_matches('.').to_owned()))
            .find(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
            .expect("it says where it listens");
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            // a container has no namespaces for Chromium's own fence
            "goog:chromeOptions": { "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"] },
        } } });
        let address = format!("http://127.0.0.1:{port}/session");
        let made = ask("POST", &address, &wanted).unwrap_or_else(|error| panic!("no session: {error}"));
        let session = format!("{address}/{}", made["sessionId"].as_str().unwrap());
        let complaints = RefCell::default();
        Browser { driver, session, site: site.to_owned(), axe, complaints }
    }

    fn say(&self, path: &str, body: &Value) -> Value {
        self.tried(path, body).unwrap_or_else(|error| panic!("{path}: {error}\n{}", self.text()))
    }

    fn tried(&self, path: &str, body: &Value) -> Result<Value, String> {
        ask("POST", &format!("{}/{path}", self.session), body)
    }

    pub(super) fn go(&self, path: &str) {
        self.say("url", &json!({ "url": format!("{}{path}", self.site) }));
    }

    /// Goes on in a tab of its own.
    pub(super) fn tab(&self) {
        let made = self.say("window/new", &json!({ "type": "tab" }));
        self.say("window", &made);
    }

    /// Tells the page that it is seen, or no longer: without a window all tabs are.
    pub(super) fn is_seen(&self, is_seen: bool) {
        let script = "Object.defineProperty(document, 'hidden', { value: !arguments[0], configurable: true }); \
                      document.dispatchEvent(new Event('visibilitychange'))";
        self.run(script, &json!([is_seen]));
    }

    /// Everything a person reads on the page.
    fn text(&self) -> String {
        let script = json!({ "script": "return document.body.innerText", "args": [] });
        self.tried("execute/sync", &script).unwrap_or_default().to_string()
    }

    fn element(&self, css: &str) -> Result<String, String> {
        let found = self.tried("element", &json!({ "using": "css selector", "value": css }))?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    /// Runs what only the test knows of, and returns what it returns.
    fn run(&self, script: &str, arguments: &Value) -> Value {
        self.say("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Has pages run no scripts from now on.
    pub(super) fn has_no_scripts(&self) {
        let parameters = json!({ "value": true });
        let command = json!({ "cmd": "Emulation.setScriptExecutionDisabled", "params": parameters });
        self.say("goog/cdp/execute", &command);
    }

    pub(super) fn has(&self, css: &str) -> bool {
        self.element(css).is_ok()
    }

    /// What the first element of this kind says.
    pub(super) fn words(&self, css: &str) -> String {
        let words = self.run("return document.querySelector(arguments[0]).innerText", &json!([css]));
        words.as_str().unwrap_or_default().to_owned()
    }

    /// An attribute of the first element of this kind.
    pub(super) fn attribute(&self, css: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0]).getAttribute(arguments[1])";
        self.run(script, &json!([css, name])).as_str().unwrap_or_default().to_owned()
    }

    /// Loads the page anew until an element of this kind says this.
    pub(super) fn reloaded_until(&self, css: &str, words: &str) {
        let start = Instant::now();
        while !self.words(css).contains(words) {
            assert!(start.elapsed() < PATIENCE, "{css} does not say {words}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(500));
            self.say("refresh", &json!({}));
        }
    }

    /// Fills in the form of the login, and sends it.
    pub(super) fn log_in(&self, name: &str) {
        self.fill("#name", name);
        self.fill("#password", PASSWORD);
        self.press("form.stack button");
    }

    /// Chooses a file in a form.
    pub(super) fn choose(&self, css: &str, file: &Path) {
        self.with(css, "value", &json!({ "text": file.display().to_string() }));
    }

    /// Fetches a file as the person who is logged in, and returns how many bytes came.
    pub(super) fn fetched(&self, path: &str) -> usize {
        let cookie = ask("GET", &format!("{}/cookie/img_session", self.session), &Value::Null).unwrap();
        let cookie = format!("img_session={}", cookie["value"].as_str().unwrap());
        let mut command = Command::new("curl");
        command.args(["-sSf", "-m", "60", "-b", &cookie, &format!("{}{path}", self.site)]);
        #[expect(clippy::disallowed_methods, reason = "the part of the browser that saves files")]
        let output = command.output().unwrap();
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout.len()
    }

    /// Waits until an element of this kind says this.
    pub(super) fn wait_for(&self, css: &str, words: &str) {
        let script = "return [...document.querySelectorAll(arguments[0])].some(e => e.innerText.includes(arguments[1]))";
        let start = Instant::now();
        loop {
            let is_there = self.tried("execute/sync", &json!({ "script": script, "args": [css, words] }));
            if is_there == Ok(Value::Bool(true)) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "no {css} says {words}: {is_there:?}\n{}", self.text());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Does something with an element, again while the page is changing.
    fn with(&self, css: &str, action: &str, body: &Value) {
        let start = Instant::now();
        loop {
            let element = self.element(css);
            let done = element.and_then(|element| self.tried(&format!("element/{element}/{action}"), body));
            let Err(error) = done else { return };
            assert!(start.elapsed() < PATIENCE / 4, "{action} {css}: {error}\n{}", self.text());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(super) fn press(&self, css: &str) {
        self.with(css, "click", &json!({}));
    }

    /// Types into a field what is to stand in it, or chooses it.
    pub(super) fn fill(&self, css: &str, text: &str) {
        let script =
            "const e = document.querySelector(arguments[0]); if (e.tagName !== 'SELECT') e.value = ''";
        self.run(script, &json!([css]));
        self.with(css, "value", &json!({ "text": text }));
    }

    /// Asserts that axe finds nothing serious in both themes, and that it fits on a phone; paints it when asked to.
    pub(super) fn is_fine_as(&self, name: &str) {
        let is_painted = std::env::var("IMG_WRITE_PICTURES").is_ok_and(|value| value == "1");
        for theme in ["light", "dark"] {
            self.look(theme, 1200, 760);
            let script = format!(
                "{};const done = arguments[arguments.length - 1];\
                 axe.run(document, {{ resultTypes: ['violations'] }}).then(found => done(found.violations\
                 .filter(one => ['serious', 'critical'].includes(one.impact))\
                 .map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '))))",
                self.axe
            );
            let found = self.say("execute/async", &json!({ "script": script, "args": [] }));
            assert_eq!(found, json!([]), "{name}, {theme}");
            if is_painted {
                self.paint(&format!("{name}-{theme}"));
            }
        }
        self.look("light", 390, 720);
        let script = "return [document.documentElement.scrollWidth <= 390, \
                      [...document.querySelectorAll('table')].every(e => getComputedStyle(e).display === 'block')]";
        let told = self.run(script, &json!([]));
        assert_eq!(told, json!([true, true]), "{name} fits on a phone, and its tables are cards there");
        if is_painted {
            self.paint(&format!("{name}-phone"));
        }
        self.look("light", 1200, 760);
        self.hear();
    }

    /// Has the page look so, on a screen of this size.
    fn look(&self, theme: &str, width: u32, height: u32) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        for (command, parameters) in [
            ("Emulation.setEmulatedMedia", json!({ "features": features })),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700 }),
            ),
        ] {
            self.say("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
        }
    }

    fn paint(&self, name: &str) {
        let picture = ask("GET", &format!("{}/screenshot", self.session), &Value::Null).unwrap();
        // what the page does not show is only to be looked at
        let is_shown =
            std::fs::read_to_string(workspace("docs/web.md")).unwrap().contains(&format!("web/{name}.png"));
        let folder = workspace(if is_shown { "docs/web" } else { "target/pictures" });
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new("base64");
        command
            .arg("-d")
            .stdin(Stdio::piped())
            .stdout(std::fs::File::create(folder.join(format!("{name}.png"))).unwrap());
        #[expect(clippy::disallowed_methods, reason = "what the browser says is base64")]
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), picture.as_str().unwrap().as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Keeps what the browser complained of; pages that are not there are meant to be.
    fn hear(&self) {
        let said = self.say("se/log", &json!({ "type": "browser" }));
        let texts = said.as_array().unwrap().iter().filter(|line| line["level"] == "SEVERE");
        let texts = texts.filter_map(|line| line["message"].as_str());
        let new = texts
            .filter(|text| !["404 (", "403 (", "409 (", "422 ("].iter().any(|refused| text.contains(refused)))
            .map(str::to_owned);
        self.complaints.borrow_mut().extend(new);
    }

    /// Everything the browser complained of, as scripts that the content policy refused.
    pub(super) fn complaints(&self) -> Vec<String> {
        self.hear();
        self.complaints.borrow().clone()
    }
}
