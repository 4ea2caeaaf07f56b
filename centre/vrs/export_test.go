package vrs

// ParseAnswer is what the client does with the body of a 200.
var ParseAnswer = parseAnswer
