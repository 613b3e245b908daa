//! Waiting for the end of a job.

use std::time::{Duration, Instant};

use imaging::ImageId;

use crate::{ClientError, Job, Server};

/// The longest pause between two looks.
const SELDOM: Duration = Duration::from_secs(3);

impl Server {
    /// Waits until a build is over; a server that is away for a while is waited for.
    ///
    /// `hear` gets the job whenever it was looked at, and an error when the server is away.
    pub async fn wait(
        &self,
        id: &ImageId,
        hear: &mut (dyn FnMut(Result<&Job, &ClientError>) + Send),
    ) -> Result<Job, ClientError> {
        let (mut pause, mut since, mut tries) = (self.manners.pause, None::<Instant>, 0);
        loop {
            match self.show(id).await {
                Ok(job) => {
                    hear(Ok(&job));
                    if job.line.status.is_final() {
                        return Ok(job);
                    }
                    (since, tries) = (None, 0);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 5 / 4).min(SELDOM);
                }
                Err(error) => {
                    let away = since.get_or_insert_with(Instant::now).elapsed();
                    if !error.may_pass() || away > self.manners.away {
                        return Err(error);
                    }
                    tries += 1;
                    if tries == 2 {
                        hear(Err(&error));
                    }
                    tokio::time::sleep(self.manners.pause(tries)).await;
                }
            }
        }
    }
}
