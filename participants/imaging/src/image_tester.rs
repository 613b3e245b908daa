//! What finds out whether an image works.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::{BuilderError, ImageType, TestReport, Watch};

/// What is to be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRequest {
    /// What the tests are called together, as the name of the image.
    pub name: String,
    /// The image, relative to the folder of all images, which it does not leave.
    pub image: PathBuf,
    /// Its form.
    pub image_type: ImageType,
    /// The processor it is for, in the words of a workitem; empty when nobody says it.
    pub arch: String,
    /// Packages, and groups with `@`, that the image gets before it is tested, for the time of the test.
    pub packages: Vec<String>,
}

impl TestRequest {
    /// The folder of results, beside the image.
    pub const RESULTS: &str = "results";
    /// The file in it that is JUnit XML.
    pub const JUNIT: &str = "junit.xml";
    /// The file in it that is JSON.
    pub const JSON: &str = "results.json";

    /// Returns the folder of results, relative to the folder of all images.
    pub fn results(&self) -> PathBuf {
        self.image.parent().unwrap_or(Path::new("")).join(TestRequest::RESULTS)
    }
}

/// What came of a wish to test an image.
#[derive(Clone, Debug, PartialEq)]
pub enum Tested {
    /// It was tested; that it does not boot, or not in time, is a test that failed.
    Ran(TestReport),
    /// It was not, and a person can do something about it; the sentence says what.
    Failed(String),
    /// It was asked to stop and did.
    Stopped,
}

/// Something that tests images.
///
/// An image is never changed by it. The results of a test that ran are in the folder [`TestRequest::RESULTS`] beside the
/// image, which appears as a whole in the place of an older one; nothing else is left, whatever ends a test.
#[async_trait]
pub trait ImageTester: Send + Sync {
    /// Tests an image; one that cannot be tested is `Ok(Tested::Failed)`.
    async fn test(&self, request: &TestRequest, watch: &dyn Watch) -> Result<Tested, BuilderError>;
}
