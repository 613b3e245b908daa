//! `img`: turns kickstart files into operating-system images.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// How long, at the end, what does not answer is waited for: a disk, a name server.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(other) => other.exit(), // help and version: status 0; wrong usage: 2
    };
    wiring::start_log(arguments.usual_log());
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            cli::say(format_args!("img: cannot start threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(wiring::run(arguments, wiring::real_builder));
    runtime.shutdown_timeout(PATIENCE);
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            cli::say(format_args!("img: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
