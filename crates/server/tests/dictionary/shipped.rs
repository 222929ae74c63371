//! A new version of the program meets tables that were changed here.

use std::collections::BTreeMap;

use rejoinder_engine::pack::Pack;
use rejoinder_server::install::install;
use serde_json::{Value as Json, json};

use crate::world::both;

fn pack(text: &str) -> Pack {
    Pack { name: "own".to_owned(), files: BTreeMap::from([("tables/car.toml".to_owned(), text.to_owned())]) }
}

const FIRST: &str =
    "name='car'\ndisplay='plate'\nlabel={en='Car'}\n[[fields]]\nname='plate'\nkind='string'\n";
const SECOND: &str = "name='car'\ndisplay='plate'\nlabel={en='Vehicle'}\n[[fields]]\nname='plate'\nkind='string'\n\
                      indexed=true\n[[fields]]\nname='doors'\nkind='integer'\n";

both! {
    what_was_changed_here_outlives_a_new_version_and_the_rest_follows_it(world) {
        install(world.app(), &[pack(FIRST)]).unwrap();
        world.done("POST", "/tables/car/fields", &json!({ "name": "colour", "kind": "string" }));
        world.done("PATCH", "/tables/car/fields/plate", &json!({ "mandatory": true, "label": { "ru": "Номер" } }));
        install(world.app(), &[pack(SECOND)]).unwrap();
        let car = world.get("/tables/car");
        assert_eq!((&car["label"]["en"], &car["shipped"]), (&json!("Vehicle"), &json!(true)));
        let field = |name: &str| car["fields"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
        assert_eq!((&field("colour")["shipped"], &field("doors")["shipped"]), (&json!(false), &json!(true)));
        let plate = field("plate");
        assert_eq!((&plate["mandatory"], &plate["indexed"], &plate["label"]["ru"]), (&json!(true), &json!(true), &json!("Номер")));
        // The same version again changes nothing.
        install(world.app(), &[pack(SECOND)]).unwrap();
        assert_eq!(world.get("/tables/car")["version"], car["version"]);
        world.refused("DELETE", "/tables/car/fields/doors", &Json::Null, (409, "shipped"));
        world.done("DELETE", "/tables/car/fields/colour", &Json::Null);
    }
}
