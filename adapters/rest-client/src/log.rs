//! Reading a log as far as it is written.

use imaging::ImageId;
use reqwest::header::RANGE;
use reqwest::{Method, StatusCode};

use crate::ask::Again;
use crate::{ClientError, Server};

impl Server {
    /// Reads the log of a job, piece by piece; what breaks off is asked for again from there, for a log only grows.
    pub async fn log(&self, id: &ImageId, hear: &mut (dyn FnMut(&[u8]) + Send)) -> Result<(), ClientError> {
        let parts = ["jobs", id.as_str(), "log"];
        let (mut have, mut tries) = (0_u64, 0);
        loop {
            let before = have;
            let make = || {
                let request = self.request(Method::GET, &parts);
                let range = (have > 0).then(|| format!("bytes={have}-"));
                range.into_iter().fold(request, |request, range| request.header(RANGE, range)).build()
            };
            let error = match self.ask(Again::Harmless, make).await {
                Ok(mut answer) => {
                    // who knows no parts sends all from the beginning
                    let mut skip = if answer.status() == StatusCode::PARTIAL_CONTENT { 0 } else { have };
                    loop {
                        match self.piece(&mut answer).await {
                            Ok(Some(piece)) => {
                                let known = skip.min(piece.len() as u64);
                                skip -= known;
                                let new = &piece[usize::try_from(known).unwrap_or(piece.len())..];
                                have += new.len() as u64;
                                hear(new);
                            }
                            Ok(None) => return Ok(()),
                            Err(error) => break error,
                        }
                    }
                }
                Err(ClientError::NoSuchPart(_)) if have > 0 => return Ok(()),
                Err(error) if have > 0 => error,
                Err(error) => return Err(error),
            };
            tries = if have > before { 1 } else { tries + 1 };
            if tries > 4 || !error.may_pass() {
                return Err(error);
            }
            tokio::time::sleep(self.manners.pause(tries)).await;
        }
    }
}
