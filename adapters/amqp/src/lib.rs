//! Takes SkyNET workitems from RabbitMQ, answers them and loses none.
//!
//! [`AmqpTransport`] is a [`Transport`](participant_core::Transport) and a [`Launcher`](participant_core::Launcher); give
//! it to an [`Exo`](participant_core::Exo) together with a participant:
//!
//! ```no_run
//! # async fn run(participant: std::sync::Arc<dyn participant_core::Participant>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use participant_core::{CancellationToken, Exo};
//! use skynet_amqp::{AmqpTransport, Settings};
//!
//! let rabbit = Arc::new(AmqpTransport::new(Settings::new("mq.example", "boss", "secret", "boss")));
//! let exo = Exo::new("build_image", participant, rabbit.clone(), rabbit).concurrency(2);
//! exo.run(CancellationToken::new()).await?;
//! # Ok(()) }
//! ```
//!
//! **What travels where.** The engine sends workitems and cancels to one queue, here `p`. A free worker takes a workitem
//! straight from there. What cannot be started within a quarter of a second moves, persistent and confirmed, to `p.work`,
//! which all instances share: so a cancel never waits behind workitems. A job that runs longer than a few seconds is held
//! on a queue of this instance, `p.lease.…`, by a copy that is renewed every third of the broker's `consumer_timeout`; when
//! the instance dies the broker itself puts it into `p.work`. Where we may not make queues, messages are read ahead.
//!
//! **Whom a cancel means.** The one workitem with the same AMQP correlation id, which the process has to give:
//! `:correlation_id => '${f:image.image_id}'`. A cancel without one, or that fits none or several, cancels nothing by itself;
//! with [`Settings::ask`] every instance then asks the engine's [`Viewer`], for 6 s, about each of its jobs, and stops what
//! the engine does not wait for: nobody would hear the answer. What still waits is started, and asked about a second later.
//! A forgotten step is never asked about. A viewer is believed only when it once knew a step of the same participant that
//! lasted 6 s; so the wrong viewer stops nothing, and a cancel in the first seconds of all may stop nothing. Not seen: a step
//! that is tried again, or replaced by its handler, under the same fei; a cancel from before this instance connected.
//!
//! **What breaks.** Any error of connection or channel ends the whole session; a new one is made,
//! declarations included. [`trouble`](AmqpTransport::trouble), and one line in the log, say what is wrong. Jobs go on
//! meanwhile; a workitem that comes again while its job runs here, or after it ended here, starts no second one. Delivery
//! is at least once all the same: another instance may get it. Switch off lapin's own log (`lapin=off`), it is loud.
//!
//! The modules in the order a message meets them: `link` and `session` connect; `topology` declares; `feeder` brings
//! messages to the `desk`, from which `intake` gives them out; `lease` keeps them; `cancel`, `search` and `gavel` take them back,
//! or `doubt`, which asks the `viewer`;
//! `receipt` settles them; `publisher` sends.
//!
//! **What we make at the broker**, beside `p` itself, which is made as SkyNET makes it when it is not there: the durable
//! queue `p.work`; the fanout exchange `p.cancel`; for each instance `p.lease.…` and one queue with a name of the broker's
//! own, `amq.gen-…`; for a moment the exclusive queue `p.cancel.gavel`. A user with the pattern
//! `^(p|p\.(work|cancel|cancel\.gavel|lease\..+)|amq\.gen.*)$` to configure may make them all.

mod acks;
mod book;
mod cancel;
mod cancel_message;
mod definition;
mod desk;
mod doubt;
mod feeder;
mod gavel;
mod held;
mod intake;
mod launcher;
mod lease;
mod link;
mod names;
mod publisher;
mod receipt;
mod search;
mod session;
mod settings;
mod topology;
mod transport;
mod trouble;
mod viewer;
mod work;

pub use settings::{BadAddress, Settings, Tls};
pub use transport::AmqpTransport;
pub use viewer::Viewer;
