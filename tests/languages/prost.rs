// prost for Rust. It has no JSON, and no options at run time.

mod v1 {
    include!(concat!(env!("OUT_DIR"), "/smtpstatus.v1.rs"));
}

use prost::Message;

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn answer(question: &str, argument: &str) -> Result<String, prost::DecodeError> {
    if !["number", "name", "wire"].contains(&question) {
        return Ok("-".to_string());
    }
    let reply = v1::SmtpReply::decode(&from_hex(argument)[..])?;
    Ok(match question {
        "number" => reply.code.to_string(),
        "name" => match v1::SmtpStatusCode::from_i32(reply.code) {
            Some(code) => format!("{code:?}"),
            None => "None".to_string(),
        },
        _ => reply.encode_to_vec().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (question, argument) = line.split_once(' ').unwrap();
        println!("{}", answer(question, argument).unwrap_or_else(|error| format!("error: {error}")));
    }
}
