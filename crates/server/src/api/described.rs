//! What holds for every operation is said in the OpenAPI document here, once, and not at each of them.
//!
//! Where a token is taken, a session is too, and what no session may do without its token is refused; whatever is
//! asked too often is refused; every creation takes an idempotency key.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ObjectBuilder, OpenApi, RefOr, Required, Response, Type};

use super::error::{ErrorCode, responses};
use super::repeat::KEY;

/// The document with what holds everywhere.
pub(super) fn completed(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        if !path.starts_with("/api/") {
            continue;
        }
        let signs_in = path.ends_with("/session");
        for (reads, operation) in [
            (true, &mut item.get),
            (false, &mut item.put),
            (false, &mut item.patch),
            (false, &mut item.delete),
            (false, &mut item.post),
        ] {
            if let Some(operation) = operation {
                complete(operation, reads);
            }
        }
        if let Some(post) = item.post.as_mut().filter(|_| !signs_in) {
            takes_key(post);
        }
    }
    document
}

fn complete(operation: &mut Operation, reads: bool) {
    let mut codes = vec![ErrorCode::TooManyRequests];
    if let Some(ways) = operation.security.as_mut().filter(|ways| !ways.is_empty()) {
        ways.push(SecurityRequirement::new::<&str, [&str; 0], &str>("session", []));
        codes.extend([ErrorCode::CrossSite, ErrorCode::MissingScope]);
        if !reads {
            codes.push(ErrorCode::CsrfToken);
        }
    }
    add(operation, &codes);
}

fn takes_key(operation: &mut Operation) {
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A repeat with the same key within 24 hours gets the first answer, and has no effect.",
        ))
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)),
        ))
        .build();
    debug_assert!(KEY.eq_ignore_ascii_case("Idempotency-Key"));
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
    add(operation, &[ErrorCode::BadRequest, ErrorCode::UnderWay, ErrorCode::TooLarge, ErrorCode::KeyReused]);
}

/// Adds errors: to what is said of their statuses already, or as answers of their own.
fn add(operation: &mut Operation, codes: &[ErrorCode]) {
    let added: BTreeMap<String, RefOr<Response>> = responses(codes);
    for (status, response) in added {
        let known = operation.responses.responses.get_mut(&status);
        match (known, response) {
            (Some(RefOr::T(known)), RefOr::T(more)) => {
                for sentence in more.description.split_inclusive(". ") {
                    if !known.description.contains(sentence.trim()) {
                        known.description = format!("{} {}", known.description.trim_end(), sentence.trim());
                    }
                }
            }
            (_, response) => {
                operation.responses.responses.insert(status, response);
            }
        }
    }
}
