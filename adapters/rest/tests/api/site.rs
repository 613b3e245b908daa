//! A site in memory, and a client of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use imaging::door::Door;
use imaging::testing::{MemoryFiles, MemoryStore, inhabited};
use imaging::{
    Desk, Feature, FeatureRepo, FolderContents, ImageId, ImageJob, JobFile, JobStore, Lookup, NewJob,
    Nowhere, Offers, Person, Push, Pushed, Repositories, Scope, SourceError, StoreError, TemplateOffer,
};
use rest::{Rest, Settings};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A site with root, who may everything, ana and ben, who may ask for images, and a guest.
pub(crate) struct Site {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) door: Door,
    pub(crate) router: Router,
    /// How often a whole job was read.
    pub(crate) reads: Arc<AtomicUsize>,
    /// When the program ends.
    pub(crate) stop: CancellationToken,
}

/// Counts how often whole jobs are read.
struct Counted(Arc<MemoryStore>, Arc<AtomicUsize>);

#[async_trait::async_trait]
impl JobStore for Counted {
    async fn record(&self, id: &ImageId, job: &NewJob, now: i64) -> Result<Option<ImageId>, StoreError> {
        self.0.record(id, job, now).await
    }

    async fn push(&self, id: &ImageId, push: &Push, now: i64) -> Result<Pushed, StoreError> {
        self.0.push(id, push, now).await
    }

    async fn job(&self, id: &ImageId) -> Result<Option<ImageJob>, StoreError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.job(id).await
    }

    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError> {
        self.0.finished(lookup).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts that it is a problem of this status, and returns what it says.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], status);
        json["detail"].as_str().unwrap().to_owned()
    }

    /// The fields of its mistakes.
    pub(crate) fn fields(&self) -> Vec<String> {
        let json = self.json();
        let mistakes = json["mistakes"].as_array().unwrap_or_else(|| panic!("{json}"));
        mistakes.iter().map(|mistake| mistake["field"].as_str().unwrap().to_owned()).collect()
    }
}

/// One template and one feature.
struct Shop;

pub(crate) const TEMPLATE: &str =
    "part / --size=64\nrepo --name=r --baseurl=http://r/@RELEASE@/@BRAND@@RNDPATTERN@\n";

#[async_trait::async_trait]
impl Offers for Shop {
    async fn templates(&self) -> Result<Vec<TemplateOffer>, SourceError> {
        Ok(vec![TemplateOffer {
            file: "phone.ks".into(),
            architecture: Some("armv7hl".into()),
            image_type: Some("fs".into()),
            kickstart_type: Some("rnd".into()),
            features: vec!["ssh".into()],
            brand: Some("Acme".into()),
            ..TemplateOffer::default()
        }])
    }

    async fn template(&self, file: &str) -> Result<Option<String>, SourceError> {
        Ok((file == "phone.ks").then(|| TEMPLATE.to_owned()))
    }

    async fn features(&self) -> Result<Vec<Feature>, SourceError> {
        let urls = [("rnd".to_owned(), "http://tools/rnd".to_owned())].into();
        Ok(vec![Feature {
            name: "ssh".into(),
            description: "a way in".into(),
            pattern: Some("remote".into()),
            packages: vec!["openssh".into()],
            repos: vec![FeatureRepo { name: "tools".into(), urls }],
        }])
    }
}

impl Site {
    pub(crate) async fn new() -> Site {
        Site::with(Settings { requests_per_second: 10_000, ..Settings::default() }).await
    }

    pub(crate) async fn with(settings: Settings) -> Site {
        Site::keeping(settings, Repositories::default(), PathBuf::new()).await
    }

    /// A site with repositories; the files of jobs are below the folder `images`.
    pub(crate) async fn keeping(settings: Settings, repositories: Repositories, images: PathBuf) -> Site {
        let (store, door) = inhabited("correct horse").await;
        let file = JobFile { path: "demo.raw".into(), size: 1_200, changed_ms: 5 };
        let contents = FolderContents { files: vec![file], count: 1, bytes: 1_200 };
        let files = Arc::new(MemoryFiles { contents, ..MemoryFiles::default() });
        let reads = Arc::<AtomicUsize>::default();
        let desk =
            Desk { jobs: Arc::new(Counted(store.clone(), reads.clone())), ..Desk::new(store.clone(), files) };
        let stop = CancellationToken::new();
        let rest = Rest::new(desk, store.clone(), Arc::new(Shop), Arc::new(Nowhere), settings, stop.clone());
        let rest = rest.keeping(repositories, images);
        Site { router: Arc::new(rest).router(Router::new()), door, store, reads, stop }
    }

    /// Makes a token of somebody.
    pub(crate) async fn token(&self, name: &str, scope: Scope) -> String {
        let person =
            Person { name: name.into(), email: String::new(), permissions: [].into(), withheld: [].into() };
        let made = self.door.make_token(&person, "test", [scope].into(), None, imaging::now_ms()).await;
        made.unwrap().1.reveal().to_owned()
    }

    /// Asks, with headers written as `Name: value`.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[String],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for header in headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Asks with a token, and with JSON unless it is null.
    pub(crate) async fn json(&self, token: &str, method: &str, path: &str, json: Value) -> Answer {
        let mut headers = vec![format!("Authorization: Bearer {token}")];
        if json.is_null() {
            return self.ask(method, path, &headers, Body::empty()).await;
        }
        headers.push("Content-Type: application/json".into());
        self.ask(method, path, &headers, json.to_string()).await
    }
}

/// An order that can be built.
pub(crate) fn order() -> Value {
    serde_json::json!({ "name": "demo", "image_type": "raw", "arch": "x86_64", "kickstart": "part / --size=64\n" })
}
