// Google's protobuf for Go.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"example.com/smtpstatus/v1"
)

func answer(question, argument string) (string, error) {
	reply := &smtpstatusv1.SmtpReply{}
	if question == "from_json" {
		if err := protojson.Unmarshal([]byte(argument), reply); err != nil {
			return "", err
		}
	} else {
		wire, err := hex.DecodeString(argument)
		if err != nil {
			return "", err
		}
		if err := proto.Unmarshal(wire, reply); err != nil {
			return "", err
		}
	}
	switch question {
	case "number":
		return fmt.Sprint(int32(reply.Code)), nil
	case "name":
		return reply.Code.String(), nil
	case "wire", "from_json":
		wire, err := proto.Marshal(reply)
		return hex.EncodeToString(wire), err
	case "to_json":
		text, err := protojson.Marshal(reply)
		return string(text), err
	case "summary", "sources":
		value := reply.Code.Descriptor().Values().ByNumber(reply.Code.Number())
		options := value.Options().(*descriptorpb.EnumValueOptions)
		info := proto.GetExtension(options, smtpstatusv1.E_StatusCodeInfo).(*smtpstatusv1.SmtpStatusCodeInfo)
		if question == "sources" {
			return strings.Join(info.Sources, ", "), nil
		}
		return info.Summary, nil
	}
	return "-", nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		question, argument, _ := strings.Cut(lines.Text(), " ")
		result, err := answer(question, argument)
		if err != nil {
			result = "error: " + err.Error()
		}
		fmt.Println(strings.SplitN(result, "\n", 2)[0])
	}
}
