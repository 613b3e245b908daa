//! Decides what becomes of messages that wait here: started, moved to our queue, or given back. No I/O.
//!
//! A worker that is quick takes messages straight from the SkyNET queue. As soon as it is busy for longer than
//! [`PATIENCE`], nothing waits here any longer: what came from the SkyNET queue moves to `NAME.work`, where every instance
//! finds it, so that the next cancel is seen; what came from `NAME.work` goes back there.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a message waits here for the worker before another place is found for it.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);
/// How long a free worker waits for messages of `NAME.work`, which are older, before it takes new ones.
const GRACE: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// The worker keeps up: new messages go to it directly.
    Open,
    /// The worker is free again: older messages first.
    Draining,
    /// The worker is busy: nothing waits here.
    Busy,
}

pub(crate) struct Desk<T> {
    fresh: VecDeque<(Instant, T)>,
    older: VecDeque<(Instant, T)>,
    mode: Mode,
    asking: bool,
    /// When the worker began to ask, or was given something.
    since: Instant,
    /// Messages cannot be moved: all wait here.
    alone: bool,
    /// Of our queue as many messages are held as may be: no more come until one is settled.
    used_up: bool,
}

/// What there is to do with messages that cannot wait any longer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chores<T> {
    /// From the SkyNET queue, to be moved.
    pub(crate) moves: Vec<T>,
    /// From our queue, to be given back.
    pub(crate) returns: Vec<T>,
    /// The worker is free, and our queue may give no more: it has to be taken from anew.
    pub(crate) starves: bool,
}

impl<T> Desk<T> {
    pub(crate) fn new(now: Instant) -> Desk<T> {
        Desk {
            fresh: VecDeque::new(),
            older: VecDeque::new(),
            mode: Mode::Draining,
            asking: false,
            since: now,
            alone: false,
            used_up: false,
        }
    }

    /// Begins anew with a session: where messages cannot be moved (`alone`) all of them wait here; otherwise new ones
    /// wait for older ones when there are any.
    pub(crate) fn begin(&mut self, alone: bool, older: bool, now: Instant) {
        self.alone = alone;
        self.mode = if older { Mode::Draining } else { Mode::Open };
        self.since = now;
    }

    /// A message came from the SkyNET queue.
    pub(crate) fn put_fresh(&mut self, message: T, now: Instant) {
        self.fresh.push_back((now, message));
    }

    /// A message came from our queue.
    pub(crate) fn put_older(&mut self, message: T, now: Instant) {
        self.older.push_back((now, message));
        if self.asking {
            self.since = now;
        }
    }

    /// The worker asks for a message.
    pub(crate) fn ask(&mut self, now: Instant) -> Option<T> {
        let given = match self.older.pop_front() {
            None if self.alone || self.mode == Mode::Open => self.fresh.pop_front(),
            older => older,
        };
        if given.is_some() || !self.asking {
            self.since = now;
        }
        self.asking = given.is_none();
        given.map(|(_, message)| message)
    }

    /// The worker does not wait any longer.
    pub(crate) fn stop_asking(&mut self, now: Instant) {
        if self.asking {
            (self.asking, self.since) = (false, now);
        }
    }

    /// Notes whether our queue may give more before something of it is settled.
    pub(crate) fn set_used_up(&mut self, used_up: bool) {
        self.used_up = used_up;
    }

    /// Tells whether it changes anything that the worker asks.
    pub(crate) fn waits_for_asking(&self) -> bool {
        !self.is_open() || self.used_up
    }

    /// Tells whether the worker gets new messages as they come.
    pub(crate) fn is_open(&self) -> bool {
        self.mode == Mode::Open
    }

    /// Tells whether messages cannot be moved.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone
    }

    /// Tells whether messages of our queue are wanted.
    pub(crate) fn wants_older(&self) -> bool {
        self.mode != Mode::Busy
    }

    /// Lets time do its work; returns the messages that may not wait any longer.
    pub(crate) fn tick(&mut self, now: Instant) -> Chores<T> {
        let waited = now.saturating_duration_since(self.since);
        self.mode = match self.mode {
            Mode::Busy if self.asking => Mode::Draining,
            Mode::Draining if self.asking && waited >= GRACE => Mode::Open,
            Mode::Open | Mode::Draining if !self.asking && waited >= PATIENCE && !self.alone => Mode::Busy,
            mode => mode,
        };
        let mut chores = Chores { moves: Vec::new(), returns: Vec::new(), starves: false };
        if self.alone {
            return chores;
        }
        let busy = self.mode == Mode::Busy;
        chores.starves = self.could_starve() && waited >= GRACE;
        let overdue = |queue: &VecDeque<(Instant, T)>| {
            queue.front().is_some_and(|(came, _)| busy || now.saturating_duration_since(*came) >= PATIENCE)
        };
        while overdue(&self.fresh) {
            chores.moves.extend(self.fresh.pop_front().map(|(_, message)| message));
            if self.mode == Mode::Open {
                self.mode = Mode::Draining; // what was moved is older now
            }
        }
        while busy && let Some((_, message)) = self.older.pop_front() {
            chores.returns.push(message);
        }
        chores
    }

    fn could_starve(&self) -> bool {
        self.used_up && self.asking && self.older.is_empty() && !self.alone
    }

    /// Returns when to tick next, if nothing happens before.
    pub(crate) fn next_tick(&self) -> Option<Instant> {
        let worker = match (self.mode, self.asking) {
            (Mode::Draining, true) => Some(self.since + GRACE),
            (Mode::Open, true) if self.could_starve() => Some(self.since + GRACE),
            (Mode::Open | Mode::Draining, false) if !self.alone => Some(self.since + PATIENCE),
            _ => None,
        };
        let oldest = self.fresh.front().filter(|_| !self.alone).map(|(came, _)| *came + PATIENCE);
        [worker, oldest].into_iter().flatten().min()
    }

    /// Returns everything that waits here.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &T> {
        self.older.iter().chain(&self.fresh).map(|(_, message)| message)
    }

    /// Takes what fits out of those that wait.
    pub(crate) fn remove(&mut self, fits: impl Fn(&T) -> bool) -> Option<T> {
        [&mut self.older, &mut self.fresh].into_iter().find_map(|queue| {
            let at = queue.iter().position(|(_, message)| fits(message))?;
            queue.remove(at).map(|(_, message)| message)
        })
    }

    /// Takes everything away.
    pub(crate) fn clear(&mut self) -> Vec<T> {
        self.older.drain(..).chain(self.fresh.drain(..)).map(|(_, message)| message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn a_quick_worker_gets_new_messages_directly() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(false, false, t);
        for number in 0..3 {
            desk.put_fresh(number, t);
        }
        assert_eq!(desk.tick(after(t, 100)).moves, [0; 0]);
        assert_eq!([desk.ask(t), desk.ask(t), desk.ask(t), desk.ask(t)], [Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn nothing_waits_at_a_busy_worker() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(false, false, t);
        desk.put_fresh(1, t);
        assert_eq!(desk.ask(t), Some(1));
        desk.put_fresh(2, t);
        desk.put_older(3, t);
        assert_eq!(desk.next_tick(), Some(after(t, 250)));

        assert_eq!(desk.tick(after(t, 250)), Chores { moves: vec![2], returns: vec![3], starves: false });

        assert!(!desk.wants_older());
        desk.put_fresh(4, after(t, 300));
        assert_eq!(desk.tick(after(t, 300)).moves, [4], "at once, now that it is busy");
        assert_eq!(desk.next_tick(), None);
    }

    #[test]
    fn nothing_is_to_be_done_while_a_worker_is_given_work_in_time() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(false, true, t);
        (1..4).for_each(|number| desk.put_older(number, t));
        assert_eq!((desk.ask(t), desk.ask(after(t, 200))), (Some(1), Some(2)));
        assert_eq!(desk.next_tick(), Some(after(t, 450)), "however long the third has waited");
        assert_eq!(desk.tick(after(t, 449)).returns, [0; 0]);
        assert_eq!(desk.tick(after(t, 450)).returns, [3]);
    }

    #[test]
    fn a_worker_that_is_free_again_takes_older_messages_first() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(false, true, t);
        desk.put_fresh("new", t);
        assert_eq!(desk.ask(t), None);
        desk.put_older("old", after(t, 5));
        assert_eq!(desk.ask(after(t, 5)), Some("old"));
        assert_eq!(desk.ask(after(t, 6)), None, "there may be more");
        assert_eq!(desk.tick(after(t, 26)).moves, [""; 0]);
        assert_eq!(desk.ask(after(t, 26)), Some("new"));
    }

    #[test]
    fn a_free_worker_starves_when_our_queue_may_give_no_more() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(false, true, t);
        desk.put_older(1, t);
        desk.set_used_up(true);
        assert_eq!(desk.ask(t), Some(1));
        assert!(!desk.tick(after(t, 100)).starves, "it does not ask");
        assert_eq!(desk.ask(after(t, 100)), None);
        assert_eq!(desk.next_tick(), Some(after(t, 120)));
        assert!(desk.tick(after(t, 120)).starves);
        desk.set_used_up(false);
        assert!(!desk.tick(after(t, 121)).starves);
        assert!(desk.is_open() && !desk.waits_for_asking());
        desk.set_used_up(true);
        assert!(desk.waits_for_asking() && desk.tick(after(t, 140)).starves, "open or not");
    }

    #[test]
    fn where_messages_cannot_be_moved_they_wait() {
        let t = Instant::now();
        let mut desk = Desk::new(t);
        desk.begin(true, false, t);
        desk.put_fresh(1, t);
        assert_eq!(desk.tick(after(t, 100_000)).moves, [0; 0]);
        assert_eq!((desk.next_tick(), desk.ask(t)), (None, Some(1)));
    }
}
