package vrs

// ParseAnswer is what the client does with the body of a 200.
var ParseAnswer = parseAnswer

// ParseRevocations reads an answer of the feed.
var ParseRevocations = parseRevocations
