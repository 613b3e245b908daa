//! Images that take long to read, each in a thread of its own, so that no other waits for them.
//!
//! A few bytes may unpack to days of work. A round waits a moment for each image; one that is not done by then goes on
//! beside the rounds, and a later one hears what came of it. There are few threads. One that has gone on for longer than an
//! image of that size should take makes room for an image that nobody has read yet, and has another turn when one is free.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use imaging::{ImagePath, RepositoryError, Tended};

use crate::reports::{Apart, Reports};

/// So many go on beside the rounds.
const MOST: usize = 2;
/// An image of so many bytes may take a second, which is slow for a disk.
const SECOND: u64 = 20 << 20;
/// How soon a stop is heard.
const TICK: Duration = Duration::from_millis(20);

type Done = Result<Tended, RepositoryError>;

#[derive(Debug, Default)]
pub(crate) struct Lanes {
    /// The one that has gone on for longest first.
    taken: Vec<Lane>,
    /// What has made room for others.
    slow: HashSet<ImagePath>,
    told_later: Vec<(ImagePath, Done)>,
}

/// A thread.
#[derive(Debug)]
struct Lane {
    image: ImagePath,
    apart: Apart,
    done: Receiver<Done>,
    /// From then on it makes room for others.
    overdue: Instant,
}

impl Lanes {
    /// Tells what came of those that have ended since the last time.
    pub(crate) fn ended(&mut self) -> Vec<(ImagePath, Done)> {
        self.hear();
        let ended = std::mem::take(&mut self.told_later);
        self.slow.retain(|image| !ended.iter().any(|(one, _)| one == image));
        ended
    }

    fn hear(&mut self) {
        let Lanes { taken, told_later, .. } = self;
        taken.retain(|lane| match lane.now() {
            None => true,
            Some(done) => {
                told_later.push((lane.image.clone(), done));
                false
            }
        });
    }

    /// Whether an image is being read.
    pub(crate) fn have(&self, image: &ImagePath) -> bool {
        self.taken.iter().any(|lane| lane.image == *image)
    }

    /// Forgets images that are gone.
    pub(crate) fn keep(&mut self, is_there: impl Fn(&ImagePath) -> bool) {
        self.slow.retain(is_there);
    }

    /// Works for an image of so many bytes, and waits for `patience`, and then until it can go on beside the rounds.
    pub(crate) fn run(
        &mut self,
        (image, size): (&ImagePath, u64),
        patience: Duration,
        reports: &Reports,
        work: impl FnOnce(&Reports) -> Done + Send + 'static,
    ) -> Done {
        let was_slow = self.slow.contains(image);
        if was_slow && self.taken.len() >= MOST {
            let sentence = "it takes long to read, and others are read first".to_owned();
            return Ok(Tended::Waits(image.clone(), sentence));
        }
        let overdue = Instant::now() + patience + Duration::from_secs(size / SECOND);
        let lane = Lane::begin(image, overdue, reports, work);
        let patience = if was_slow { Duration::ZERO } else { patience };
        if was_slow {
            lane.apart.hush();
        }
        let began = Instant::now();
        loop {
            match lane.done.recv_timeout(TICK) {
                Err(RecvTimeoutError::Timeout) if reports.stopped() => return lane.stopped(),
                Err(RecvTimeoutError::Timeout) if began.elapsed() < patience || !self.makes_room() => {}
                Err(RecvTimeoutError::Timeout) => break,
                done => {
                    self.slow.remove(image);
                    return done.unwrap_or_else(|_| Err(panicked()));
                }
            }
        }
        lane.apart.hush();
        self.taken.push(lane);
        Ok(Tended::Reads(image.clone()))
    }

    /// Tells whether there is a thread for one more, after whoever is done or overdue has made room.
    fn makes_room(&mut self) -> bool {
        if self.taken.len() >= MOST {
            self.hear();
        }
        if self.taken.len() < MOST {
            return true;
        }
        let now = Instant::now();
        let overdue = self.taken.iter().position(|lane| lane.overdue <= now);
        let Some(lane) = overdue.map(|at| self.taken.remove(at)) else { return false };
        match lane.stopped() {
            Err(RepositoryError::Stopped) => _ = self.slow.insert(lane.image),
            done => self.told_later.push((lane.image, done)),
        }
        true
    }
}

impl Lane {
    fn begin(
        image: &ImagePath,
        overdue: Instant,
        reports: &Reports,
        work: impl FnOnce(&Reports) -> Done + Send + 'static,
    ) -> Lane {
        let (told, done) = sync_channel(1);
        let (own, apart) = reports.apart();
        // the program ends when it has, so that no lock is left
        tokio::runtime::Handle::current().spawn_blocking(move || {
            let _ = told.send(work(&own));
        });
        Lane { image: image.clone(), apart, done, overdue }
    }

    fn now(&self) -> Option<Done> {
        match self.done.recv_timeout(Duration::ZERO) {
            Err(RecvTimeoutError::Timeout) => None,
            done => Some(done.unwrap_or_else(|_| Err(panicked()))),
        }
    }

    /// Stops it, and waits until it has.
    fn stopped(&self) -> Done {
        self.apart.stop();
        self.done.recv().unwrap_or_else(|_| Err(panicked()))
    }
}

fn panicked() -> RepositoryError {
    RepositoryError::disk("finish", std::io::Error::other("its thread broke"))
}

#[cfg(test)]
mod tests {
    use imaging::testing::Unwatched;

    use super::*;
    use crate::reports::watched;

    fn image(name: &str) -> ImagePath {
        ImagePath::new(name).unwrap()
    }

    fn until_stopped(reports: &Reports) -> Done {
        while !reports.stopped() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(RepositoryError::Stopped)
    }

    /// Works for two images until they are stopped, and a moment for a third; tells which go on.
    async fn three(size: u64) -> Vec<String> {
        let work = move |reports: &Reports| {
            let mut lanes = Lanes::default();
            let all = ["a.img", "b.img", "c.img"].map(image);
            for image in &all[..2] {
                let done = lanes.run((image, size), Duration::ZERO, reports, until_stopped);
                assert_eq!(done.unwrap(), Tended::Reads(image.clone()));
            }
            let third = Tended::Published(all[2].clone());
            let told = third.clone();
            let moment = move |_: &Reports| {
                std::thread::sleep(Duration::from_millis(200));
                Ok(told)
            };
            let done = lanes.run((&all[2], 0), Duration::ZERO, reports, moment).unwrap();
            let is_done = done == third;
            let mut on: Vec<String> =
                all.iter().filter(|image| lanes.have(image)).map(ToString::to_string).collect();
            on.extend(is_done.then(|| "done".to_owned()));
            Ok(on)
        };
        watched(&Unwatched, work).await.unwrap()
    }

    #[tokio::test]
    async fn a_large_image_goes_on_being_read_and_a_small_one_that_takes_as_long_makes_room() {
        assert_eq!(three(3600 * SECOND).await, ["a.img", "b.img", "done"], "the third waits for its turn");
        assert_eq!(three(0).await, ["b.img", "c.img"], "it goes on in the place of the first");
    }
}
