//! Tests images by booting them in a virtual machine.
//!
//! The machine writes to an overlay that nobody else sees. A script is run inside, over ssh where there is a key and on the
//! serial console elsewhere; it says how its tests did in the lines of TAP, or by its exit status. A guest that does not boot,
//! does not answer or does not finish has failed a test.

mod console;
mod guest;
mod halt;
mod machine;
mod packages;
mod results;
mod settings;
mod ssh;
mod tap;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use imaging::{BuilderError, ImageTester, Step, TestCase, TestEnd, TestReport, TestRequest, Tested, Watch};
use qemu::Running;
use workbench::Spot;

use crate::guest::Guest;
use crate::halt::Halt;
use crate::results::Results;
pub use crate::settings::{PackageManager, Settings};

/// Tests the images below one folder.
#[derive(Clone, Debug)]
pub struct VmTester {
    base_dir: PathBuf,
    settings: Settings,
}

impl VmTester {
    /// Tests what is below this folder.
    pub fn new(base_dir: PathBuf, settings: Settings) -> VmTester {
        VmTester { base_dir, settings }
    }

    async fn run(&self, request: &TestRequest, watch: &dyn Watch) -> Result<TestReport, Halt> {
        let image = self.base_dir.join(&request.image);
        let missing = || Halt::Failed(format!("there is no image file {}", image.display()));
        let broken = |error| Halt::broken(format!("find {}", image.display()), error);
        let script = self.settings.script()?;
        self.settings.check_key()?;
        let spot = Spot::of(&self.base_dir, &request.image).map_err(broken)?.ok_or_else(missing)?;
        let disk = spot.file().ok_or_else(missing)?;
        let machine = machine::of(request, &disk, &self.settings)?;
        let claim = spot.claim(&watch.stop()).await.map_err(broken)?.ok_or(Halt::Stopped)?;
        let results = Results::make(&claim).await;
        let results = results.map_err(|error| Halt::broken("make a folder for the results", error))?;
        let done = self.test(request, &results.in_it(machine), &script, watch).await.and_then(|report| {
            let published = results.publish(&report);
            published.map_err(|error| Halt::broken("write the results beside the image", error))?;
            Ok(report)
        });
        let cleared = results.clear().await;
        cleared.map_err(|error| Halt::broken("remove the folder of the test", error))?;
        done
    }

    /// Boots the machine and runs the script in it; what fails inside is in the report.
    async fn test(
        &self,
        request: &TestRequest,
        machine: &qemu::Machine,
        script: &str,
        watch: &dyn Watch,
    ) -> Result<TestReport, Halt> {
        let began = Instant::now();
        let mut tests = Vec::new();
        let stop = watch.stop();
        watch.step(&Step { name: "booting".into(), done_of: None });
        let started = tokio::select! {
            started = machine.start() => started.map_err(|error| Halt::of_start(&error))?,
            () = stop.cancelled() => return Err(Halt::Stopped),
        };
        let running = Arc::new(started);
        let work = async {
            let guest = self.boot(running.clone()).await?;
            tests.push(passed("boot"));
            watch.step(&Step { name: "installing packages".into(), done_of: None });
            if packages::install(&guest, request, &self.settings).await? {
                tests.push(passed("packages"));
            }
            watch.step(&Step { name: "testing".into(), done_of: None });
            let said = guest.run(script).await?;
            tests.extend(tap::read(&self.settings.script_name(), &said));
            Ok(())
        };
        let limit = self.settings.limit;
        let done: Result<(), Halt> = tokio::select! {
            done = work => done,
            () = stop.cancelled() => Err(Halt::Stopped),
            () = tokio::time::sleep(limit) => {
                Err(Halt::test("timeout", format!("the test did not end within {} s", limit.as_secs())))
            }
        };
        if let Some(running) = Arc::into_inner(running) {
            running.kill().await; // nothing of it is left when this returns
        }
        match done {
            Ok(()) => {}
            Err(Halt::Test(failed)) => tests.push(failed),
            Err(halt) => return Err(halt),
        }
        Ok(TestReport { suite: request.name.clone(), tests, seconds: began.elapsed().as_secs_f64() })
    }

    /// Waits until somebody may work in a machine.
    async fn boot(&self, running: Arc<Running>) -> Result<Guest, Halt> {
        let answered = match &self.settings.key {
            Some(key) => ssh::answered(running, key, &self.settings).await.map(Guest::Ssh),
            None => console::answered(running, &self.settings).await.map(Guest::Console),
        };
        answered.map_err(|halt| halt.in_test("boot"))
    }
}

fn passed(name: &str) -> TestCase {
    TestCase { name: name.into(), end: TestEnd::Passed, said: String::new() }
}

#[async_trait]
impl ImageTester for VmTester {
    async fn test(&self, request: &TestRequest, watch: &dyn Watch) -> Result<Tested, BuilderError> {
        if watch.stop().is_cancelled() {
            return Ok(Tested::Stopped);
        }
        match self.run(request, watch).await {
            Ok(report) => Ok(Tested::Ran(report)),
            Err(Halt::Test(failed)) => Ok(Tested::Failed(failed.said)),
            Err(Halt::Failed(reason)) => Ok(Tested::Failed(reason)),
            Err(Halt::Stopped) => Ok(Tested::Stopped),
            Err(Halt::Broken(error)) => Err(error),
        }
    }
}
