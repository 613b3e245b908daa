//! A tester that has its answer ready, and the suite of all that test.

use std::fs;
use std::path::{Component, Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::Unwatched;
use super::names::names;
use crate::{
    BuilderError, ImageTester, ImageType, Step, TestCase, TestEnd, TestReport, TestRequest, Tested, Watch,
};

/// Answers every wish the same way.
#[derive(Clone, Debug)]
pub enum CannedTester {
    /// Says that the images below this folder passed or failed one test, and writes the results.
    Ends(PathBuf, TestEnd),
    /// Cannot test for this reason.
    Fails(String),
    /// Its machine is broken.
    Broken,
    /// Waits until it is asked to stop.
    Waits,
}

#[async_trait]
impl ImageTester for CannedTester {
    async fn test(&self, request: &TestRequest, watch: &dyn Watch) -> Result<Tested, BuilderError> {
        watch.step(&Step { name: "canned".into(), done_of: None });
        match self {
            _ if watch.stop().is_cancelled() => Ok(Tested::Stopped),
            CannedTester::Ends(folder, end) => {
                let inside = request.image.components().all(|part| matches!(part, Component::Normal(_)));
                let is_file =
                    fs::symlink_metadata(folder.join(&request.image)).is_ok_and(|about| about.is_file());
                if !inside || !is_file {
                    return Ok(Tested::Failed(format!("there is no image {}", request.image.display())));
                }
                let tests = vec![TestCase { name: "canned".into(), end: *end, said: "said".into() }];
                let report = TestReport { suite: request.name.clone(), tests, seconds: 1.0 };
                let write = || {
                    let results = folder.join(request.results());
                    fs::create_dir_all(&results)?;
                    fs::write(results.join(TestRequest::JUNIT), report.junit())?;
                    fs::write(results.join(TestRequest::JSON), report.json())
                };
                write().map_err(|error| BuilderError::new("write the results", error))?;
                Ok(Tested::Ran(report))
            }
            CannedTester::Fails(reason) => Ok(Tested::Failed(reason.clone())),
            CannedTester::Broken => Err(BuilderError::new("start the machine", "no such program")),
            CannedTester::Waits => {
                watch.stop().cancelled().await;
                Ok(Tested::Stopped)
            }
        }
    }
}

/// Does not want to wait.
struct Impatient(CancellationToken);

impl Watch for Impatient {
    fn step(&self, _step: &Step) {}

    fn stop(&self) -> CancellationToken {
        self.0.clone()
    }
}

/// Runs the promises of [`ImageTester`] against one that tests what is below `folder`, in which `i/n.raw` is a raw image
/// that can be tested, whether it passes or not, and nothing else is.
///
/// # Panics
/// When a promise is broken.
pub async fn image_tester_keeps_its_promises(tester: &dyn ImageTester, folder: &Path) {
    let request = |image: &str| TestRequest {
        name: "n".into(),
        image: image.into(),
        image_type: ImageType::Raw,
        arch: String::new(),
        packages: Vec::new(),
    };
    let absolute = folder.join("i/n.raw");
    for missing in ["i/other.raw", "i", "i/../i/n.raw", absolute.to_str().expect("a path of a test")] {
        let answer = tester.test(&request(missing), &Unwatched).await;
        assert!(matches!(answer, Ok(Tested::Failed(_))), "{missing:?}: {answer:?}");
    }
    let stopped = Impatient(CancellationToken::new());
    stopped.0.cancel();
    let answer = tester.test(&request("i/n.raw"), &stopped).await;
    assert!(matches!(answer, Ok(Tested::Stopped)), "{answer:?}");
    assert_eq!(names(&folder.join("i")), ["n.raw"], "nothing was left");

    let before = fs::read(folder.join("i/n.raw")).expect("an image");
    for _ in 0..2 {
        let answer = tester.test(&request("i/n.raw"), &Unwatched).await.expect("it can be tested");
        let Tested::Ran(report) = answer else { panic!("it can be tested: {answer:?}") };
        assert!(!report.tests.is_empty(), "it says what it tested");
        assert_eq!(names(&folder.join("i")), ["n.raw", TestRequest::RESULTS], "nothing else was left");
        let read = |file| {
            fs::read_to_string(folder.join("i").join(TestRequest::RESULTS).join(file)).expect("a file")
        };
        assert_eq!((read(TestRequest::JUNIT), read(TestRequest::JSON)), (report.junit(), report.json()));
    }
    assert!(before == fs::read(folder.join("i/n.raw")).expect("an image"), "the image is as it was");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fake_keeps_the_promises() {
        let top = std::env::temp_dir().join(format!("img-canned-tester-{}", std::process::id()));
        fs::create_dir_all(top.join("i")).unwrap();
        fs::write(top.join("i/n.raw"), "disk").unwrap();
        image_tester_keeps_its_promises(&CannedTester::Ends(top.clone(), TestEnd::Failed), &top).await;
        fs::remove_dir_all(top).unwrap();
    }
}
