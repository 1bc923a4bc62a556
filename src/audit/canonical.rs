//! One way of writing a JSON value.

use serde_json::Value;

/// The value without spaces and with the names of every object in the order of their characters; numbers are written as
/// they came, so whole ones are the only ones to use.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(values) => {
            text.push('[');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (position, (name, value)) in members.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_names_makes_no_difference_and_that_of_values_does() {
        let one = json!({ "b": [1, { "d": null, "c": "\"é\n" }], "a": true });
        let other = json!({ "a": true, "b": [1, { "c": "\"é\n", "d": null }] });
        assert_eq!(text(&one), r#"{"a":true,"b":[1,{"c":"\"é\n","d":null}]}"#);
        assert_eq!(text(&one), text(&other));
        assert_ne!(text(&json!([1, 2])), text(&json!([2, 1])));
        assert_eq!(serde_json::from_str::<Value>(&text(&one)).unwrap(), one);
    }
}
