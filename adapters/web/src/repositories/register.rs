//! Noting what people call an image and what it is for.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use imaging::OpenGnsysError;
use rest::Rest;

use super::asked::OfImage;
use super::fields::{FIELDS, Field, Typed, Wrong, fields};
use crate::show::{page, refused};
use crate::trouble::{Trouble, see};
use crate::visitor::{Bar, Visitor};

#[derive(Template)]
#[template(path = "repositories/register.html")]
struct RegisterPage {
    bar: Bar,
    repository: String,
    path: String,
    back: String,
    fields: Vec<Field>,
    wrong: Wrong,
}

impl RegisterPage {
    fn of(visitor: &Visitor, of: &OfImage, typed: &Typed, wrong: Wrong) -> RegisterPage {
        RegisterPage {
            bar: visitor.bar("repositories"),
            repository: of.repository.name().to_string(),
            path: of.image.to_string(),
            back: of.address("images"),
            fields: fields(typed, &wrong),
            wrong,
        }
    }
}

pub(super) async fn form(
    visitor: Visitor,
    State(_): State<Arc<Rest>>,
    of: OfImage,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    let typed = match of.repository.info(&of.image).await {
        Ok(image) => match &image.registration {
            Some(noted) => Typed::of(noted),
            None => {
                let partition_type = image.recognised.map(|told| told.filesystem).unwrap_or_default();
                Typed { partition: "1".into(), partition_type, ..Typed::default() }
            }
        },
        // its file may come later
        Err(error) if error.opengnsys() == OpenGnsysError::NotFound => Typed::default(),
        Err(error) => return Err(error.into()),
    };
    Ok(page(&RegisterPage::of(&visitor, &of, &typed, Wrong::default())))
}

pub(super) async fn register(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Form(typed): Form<Typed>,
) -> Result<Response, Trouble> {
    let done = rest.register_image(&visitor.person, &of.repository, &of.image, &typed.wish()).await;
    let problem = match done {
        Ok(_) => return Ok(see(&format!("{}?done=registered", of.address("images")))),
        Err(problem) => problem,
    };
    let (status, wrong) = Wrong::with_status(problem, &FIELDS)?;
    Ok(refused(status, &RegisterPage::of(&visitor, &of, &typed, wrong)))
}
