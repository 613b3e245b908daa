//! A site in memory, and browsers.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use imaging::door::Door;
use imaging::testing::{MemoryFiles, MemoryStore, inhabited};
use imaging::{
    Desk, Feature, FeatureRepo, FolderContents, ImageId, JobAttempt, JobFile, JobStatus, JobStore, NewJob,
    Nowhere, Offers, Push, Repositories, SourceError, TemplateOffer,
};
use rest::{Rest, Settings};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse";
/// A text that would be a script if it were not shown as text.
pub(crate) const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";

/// A site with root, who may everything, ana and ben, who may ask for images, and a guest.
pub(crate) struct Site {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) door: Door,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Where it leads.
    pub(crate) fn place(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers["location"].to_str().unwrap()
    }

    /// The value of a field of its form.
    pub(crate) fn value(&self, name: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
        rest.split('"').next().unwrap().to_owned()
    }

    /// Asserts that it has all of these in it.
    pub(crate) fn has(&self, words: &[&str]) {
        for word in words {
            assert!(self.text.contains(word), "{word} in {}", self.text);
        }
    }
}

/// A browser, which keeps its cookie.
pub(crate) struct Browser<'a> {
    site: &'a Site,
    pub(crate) cookie: String,
}

struct Shop;

#[async_trait::async_trait]
impl Offers for Shop {
    async fn templates(&self) -> Result<Vec<TemplateOffer>, SourceError> {
        let broken = TemplateOffer { file: "broken.ks".into(), ..TemplateOffer::default() };
        Ok(vec![
            broken,
            TemplateOffer {
                file: "phone.ks".into(),
                display_name: Some(format!("Phone {HOSTILE}")),
                architecture: Some("armv7hl".into()),
                image_type: Some("fs".into()),
                kickstart_type: Some("rnd".into()),
                features: vec!["ssh".into()],
                brand: Some("Acme".into()),
                tokens: vec!["BRAND".into(), "RELEASE".into(), "ARCH".into()],
                ..TemplateOffer::default()
            },
        ])
    }

    async fn template(&self, file: &str) -> Result<Option<String>, SourceError> {
        Ok(match file {
            "phone.ks" => {
                Some("part / --size=64\nrepo --name=r --baseurl=http://r/@RELEASE@/@BRAND@/@ARCH@\n".into())
            }
            "broken.ks" => Some("part / --size=64\nparrt /home\n".into()),
            _ => None,
        })
    }

    async fn features(&self) -> Result<Vec<Feature>, SourceError> {
        let urls = [("rnd".to_owned(), "http://tools/rnd".to_owned())].into();
        let ssh = Feature {
            name: "ssh".into(),
            description: HOSTILE.into(),
            pattern: None,
            packages: vec!["openssh".into()],
            repos: vec![FeatureRepo { name: "tools".into(), urls }],
        };
        Ok(vec![ssh])
    }
}

impl Site {
    pub(crate) async fn new() -> Site {
        Site::keeping(Repositories::default(), PathBuf::new()).await
    }

    /// A site with repositories; the files of jobs are below the folder `images`.
    pub(crate) async fn keeping(repositories: Repositories, images: PathBuf) -> Site {
        let (store, door) = inhabited(PASSWORD).await;
        let file = JobFile { path: "demo.raw".into(), size: 412_345_678, changed_ms: 5 };
        let contents = FolderContents { count: 1, bytes: file.size, files: vec![file] };
        let files = Arc::new(MemoryFiles { contents, ..MemoryFiles::default() });
        let desk = Desk::new(store.clone(), files);
        let settings = Settings { requests_per_second: 10_000, ..Settings::default() };
        let stop = CancellationToken::new();
        let rest = Rest::new(desk, store.clone(), Arc::new(Shop), Arc::new(Nowhere), settings, stop);
        let rest = Arc::new(rest.keeping(repositories, images));
        Site { router: rest.clone().router(web::pages(&rest)), door, store }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookie: String::new() }
    }

    /// A browser in which somebody is logged in.
    pub(crate) async fn of(&self, name: &str) -> Browser<'_> {
        if name != "root" {
            self.door.set_password(name, PASSWORD, "root", 4).await.unwrap();
        }
        let mut browser = self.browser();
        let answer = browser.post("/login", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.place(), "/");
        browser
    }

    /// Records a job of ana's whose every text is hostile, and has news of it.
    /// Records a job and what was heard of it; the log of `away` is on a machine that does not answer.
    pub(crate) async fn job(&self, id: &str, status: JobStatus) {
        let asked = NewJob {
            request: id.into(),
            queue: "requests".into(),
            user: "ana".into(),
            name: HOSTILE.into(),
            image_type: HOSTILE.into(),
            arch: HOSTILE.into(),
            kickstart: format!("# {HOSTILE}\n"),
            tokenmap: format!("RELEASE:{}", HOSTILE.replace(',', "")),
            overlay: vec![HOSTILE.into()],
            email: HOSTILE.into(),
            release: HOSTILE.into(),
            prefix: "requests/ana".into(),
            process: "p".into(),
            tags: [imaging::Tag::parse("<b>bold</b>").unwrap()].into(),
            ..NewJob::default()
        };
        let logfile_url = (id == "away").then(|| "http://img/requests/ana/id/demo.log".into());
        let id = ImageId::reduce(id).unwrap();
        self.store.record(&id, &asked, imaging::now_ms()).await.unwrap();
        let attempt = JobAttempt { began: "1".into(), process: HOSTILE.into() };
        let push = Push {
            error: (status == JobStatus::Error).then(|| HOSTILE.into()),
            files_url: Some("http://img/requests/ana/id".into()),
            image_url: Some("http://img/requests/ana/id/demo.raw".into()),
            logfile_url,
            ..Push::new(status.clone(), attempt)
        };
        if status != JobStatus::InQueue {
            self.store.push(&id, &push, imaging::now_ms()).await.unwrap();
        }
    }
}

impl Browser<'_> {
    /// Sends a request with its cookie, and keeps the one that comes.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "img.example");
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.site.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        if let Some(cookie) = parts.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let body: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[kind, ("origin", "http://img.example")], body.join("&")).await
    }

    /// Posts a form with files; a name with a file after a slash is one.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            let name = match name.split_once('/') {
                Some((name, file)) => format!("name=\"{name}\"; filename=\"{file}\""),
                None => format!("name=\"{name}\""),
            };
            format!("--X\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n")
        };
        let body = fields.iter().map(part).collect::<String>() + "--X--\r\n";
        self.send_bytes(path, body.into()).await
    }

    /// Posts a form with files as it goes over the wire, with `X` between its parts.
    pub(crate) async fn send_bytes(&mut self, path: &str, body: Vec<u8>) -> Answer {
        let kind = ("content-type", "multipart/form-data; boundary=X");
        self.ask("POST", path, &[kind, ("sec-fetch-site", "same-origin")], body).await
    }
}
