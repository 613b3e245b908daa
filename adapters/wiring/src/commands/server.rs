//! What is asked of an `img up` over the network.

mod access;
mod change;
mod download;
mod failure;
mod follow;
mod list;
mod log;
mod order;

use cli::ServerCommand;

pub(crate) use self::failure::refuse_usage;
pub(crate) use self::order::submit;

/// Does what was asked for and returns the exit status.
pub(crate) async fn server(command: &ServerCommand) -> u8 {
    let (done, json) = match command {
        ServerCommand::List(arguments) => (list::list(arguments).await, arguments.ask.json),
        ServerCommand::Show(arguments) => (list::show(arguments).await, arguments.ask.json),
        ServerCommand::Log(arguments) => (log::log(arguments).await, arguments.ask.json),
        ServerCommand::Stop(arguments) => (change::stop(arguments).await, arguments.ask.json),
        ServerCommand::Retry(arguments) => (order::retry(arguments).await, arguments.ask.json),
        ServerCommand::Delete(arguments) => (change::delete(arguments).await, arguments.ask.json),
        ServerCommand::Tag(arguments) => (change::tag(arguments).await, arguments.ask.json),
        ServerCommand::Pin(arguments) => (change::pin(arguments).await, arguments.ask.json),
        ServerCommand::Download(arguments) => (download::download(arguments).await, arguments.ask.json),
    };
    done.unwrap_or_else(|error| failure::print(&error, json))
}
