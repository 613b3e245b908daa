//! Has an image tested.
//!
//! The job is `DONE, TESTING` meanwhile and `DONE, TESTED` when the tests came to an end, with PASS or FAIL as their result; the
//! step is done then, whatever that is. When the image could not be tested at all, the job is `DONE` as it was.

mod fields;

use imaging::{BaseUrl, ImageTester, JobStatus, TestEnd, TestReport, TestRequest, TestResult, Tested};
use job_news::{JobWatch, status};
use participant_core::{Failure, Job, Outcome, Participant, Stop, Workitem, async_trait, with_causes};
use serde_json::json;

/// The participant `test_image`.
pub struct TestImage {
    /// What tests images.
    pub tester: Box<dyn ImageTester>,
    /// How others reach the folder of all images.
    pub base_url: BaseUrl,
}

#[async_trait]
impl Participant for TestImage {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let request = match fields::read(item, &self.base_url) {
            Ok(request) => request,
            Err(reason) => return Ok(Outcome::refuse().because(reason)),
        };
        push(item, job, &JobStatus::Testing, &Outcome::done()).await;
        let asked = &request;
        let tested =
            JobWatch::around(job, |_| {}, |watch| async move { self.tester.test(asked, &watch).await });
        let reason = match (tested.await, job.stop()) {
            (Ok(Tested::Ran(report)), _) => {
                let outcome = self.outcome(&request, &report);
                push(item, job, &JobStatus::Tested, &outcome).await;
                return Ok(outcome);
            }
            (_, Some(Stop::Shutdown)) => {
                return Ok(Outcome::refuse().because(Stop::Shutdown.to_string())); // handed back
            }
            (Ok(Tested::Stopped), stop) => {
                stop.map_or_else(|| "the test was stopped".to_owned(), |stop| stop.to_string())
            }
            (Ok(Tested::Failed(reason)), _) => reason,
            (Err(broken), _) => with_causes(&broken),
        };
        push(item, job, &JobStatus::Done, &Outcome::done()).await;
        Ok(Outcome::refuse().because(format!("the image is not tested: {reason}")))
    }
}

impl TestImage {
    /// Answers with what came of the tests.
    fn outcome(&self, request: &TestRequest, report: &TestReport) -> Outcome {
        let results = self.base_url.url(&request.results());
        let (result, failed) = (report.result(), report.number_of(TestEnd::Failed));
        let said = match report.first_failure() {
            None => format!("Image tested: {result}", result = result.as_str()),
            Some(failure) => {
                format!("Image tested: {failed} of {} tests failed; {failure}", report.tests.len())
            }
        };
        let results = json!({
            "result": result == TestResult::Pass,
            "results_url": format!("{results}/"),
            "junit_url": format!("{results}/{}", TestRequest::JUNIT),
            "json_url": format!("{results}/{}", TestRequest::JSON),
            "passed": report.number_of(TestEnd::Passed),
            "failed": failed,
            "skipped": report.number_of(TestEnd::Skipped),
        });
        Outcome::done()
            .set("image.test_result", result.as_str())
            .set("image.test_results_url", results["results_url"].clone())
            .set("qa.results", results)
            .message(said)
    }
}

/// Says what the job is by now, where the workitem says which job that is.
async fn push(item: &Workitem, job: &Job, status: &JobStatus, edits: &Outcome) {
    if item.text("image.image_id").is_some_and(|id| !id.is_empty()) {
        status::push(item, job, status.as_str(), &edits.clone().set("priority", "high")).await;
    }
}

impl std::fmt::Debug for TestImage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TestImage").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
