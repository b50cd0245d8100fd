// What the API server's own printer, kubectl and kstatus say of objects. Each line of the input is an object with its file and its place
// in it; a line of output answers it. With it `conformance/kubernetes.jsonl` and `tests/fixtures/pods.jsonl` were recorded.
//
// It is built beside a go.mod that requires k8s.io/kubernetes v1.36.3, k8s.io/kubectl v0.36.3 and github.com/fluxcd/cli-utils v1.2.3, and
// that replaces the modules which k8s.io/kubernetes keeps in its staging folder by their versions v0.36.3: `go build -o oracle . &&
// ./oracle < objects.jsonl`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	"k8s.io/kubernetes/pkg/printers"
	printersinternal "k8s.io/kubernetes/pkg/printers/internalversion"
)

type entry struct {
	Object  json.RawMessage   `json:"object,omitempty"`
	File    string            `json:"file"`
	At      string            `json:"at"`
	Kind    string            `json:"kind"`
	Name    string            `json:"name"`
	Columns map[string]string `json:"kubectl,omitempty"`
	Rollout string            `json:"rollout,omitempty"`
	Kstatus string            `json:"kstatus,omitempty"`
	Error   string            `json:"error,omitempty"`
}

func main() {
	gen := printers.NewTableGenerator().With(printersinternal.AddHandlers)
	in := bufio.NewReaderSize(os.Stdin, 1<<24)
	dec := json.NewDecoder(in)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for dec.More() {
		var e entry
		if err := dec.Decode(&e); err != nil {
			panic(err)
		}
		judge(gen, &e)
		e.Object = nil
		_ = out.Encode(e)
	}
}

func judge(gen *printers.HumanReadableGenerator, e *entry) {
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(e.Object); err != nil {
		e.Error = err.Error()
		return
	}
	if r, err := status.Compute(u); err == nil {
		e.Kstatus = string(r.Status)
	}
	gk := schema.FromAPIVersionAndKind(u.GetAPIVersion(), u.GetKind()).GroupKind()
	if v, err := polymorphichelpers.StatusViewerFor(gk); err == nil {
		text, _, err := v.Status(u, 0)
		if err != nil {
			e.Rollout = "error: " + err.Error()
		} else {
			e.Rollout = strings.TrimSpace(text)
		}
	}
	obj, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(e.Object, nil, nil)
	if err != nil {
		e.Error = err.Error()
		return
	}
	internal, err := legacyscheme.Scheme.ConvertToVersion(obj, schema.GroupVersion{Group: gk.Group, Version: "__internal"})
	if err != nil {
		e.Error = err.Error()
		return
	}
	table, err := gen.GenerateTable(internal, printers.GenerateOptions{Wide: true})
	if err != nil {
		e.Error = err.Error()
		return
	}
	e.Columns = map[string]string{}
	if len(table.Rows) == 0 {
		return
	}
	for i, c := range table.ColumnDefinitions {
		e.Columns[strings.ToUpper(c.Name)] = fmt.Sprint(table.Rows[0].Cells[i])
	}
}
