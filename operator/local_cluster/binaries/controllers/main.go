// Command controllers is kube-controller-manager with the controllers of a cluster without nodes.
//
// The controllers are Kubernetes' own packages, with the settings that kube-controller-manager gives them, and the
// flags have its names. The controllers that are left out bring most of the code that is compiled for it: volumes,
// scheduling, nodes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
)

const (
	resync           = 12 * time.Hour
	namespaceResync  = 5 * time.Minute
	discoveryRefresh = 30 * time.Second
)

// absent lists flags of what is left out: leader election, a server for health, metrics and profiles, tokens in Secrets.
var absent = []string{"leader-elect", "secure-port", "profiling", "service-account-private-key-file"}

// A runner works until its context ends.
type runner func(context.Context)

// constructors holds the controllers by the names that kube-controller-manager gives them.
var constructors = map[string]func(*cluster) (runner, error){
	"namespace-controller":               newNamespaceController,
	"garbage-collector-controller":       newGarbageCollector,
	"serviceaccount-controller":          newServiceAccountController,
	"clusterrole-aggregation-controller": newClusterRoleAggregation,
}

// A cluster is what the controllers share.
type cluster struct {
	ctx       context.Context
	config    *rest.Config
	client    *kubernetes.Clientset
	informers informers.SharedInformerFactory
	metadata  metadatainformer.SharedInformerFactory
	started   chan struct{} // closed when the informers run
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig of system:kube-controller-manager")
	names := flag.String("controllers", "", "controllers to run, separated by commas")
	qps := flag.Float64("kube-api-qps", 20, "requests per second to the API server")
	burst := flag.Int("kube-api-burst", 30, "requests to the API server at once")
	for _, name := range absent {
		flag.String(name, "", "accepted as by kube-controller-manager; what it sets is left out here")
	}
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = float32(*qps), *burst
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	config.DisableCompression = true          // the API server is on the same machine
	config.WarningHandler = rest.NoWarnings{} // deprecated kinds are emptied and collected as well
	shared, err := newCluster(ctx, config)
	if err != nil {
		return err
	}
	return shared.runControllers(strings.Split(*names, ","))
}

func newCluster(ctx context.Context, config *rest.Config) (*cluster, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &cluster{
		ctx:    ctx,
		config: config,
		client: client,
		informers: informers.NewSharedInformerFactoryWithOptions(
			client, resync, informers.WithTransform(withoutManagedFields)),
		metadata: metadatainformer.NewSharedInformerFactoryWithOptions(
			metadataClient, resync, metadatainformer.WithTransform(withoutManagedFields)),
		started: make(chan struct{}),
	}, nil
}

// withoutManagedFields makes cached objects smaller. It gets what is no object, too: the tombstone of a deleted one.
func withoutManagedFields(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

// runControllers returns at the end of the context. The API server has to be ready: the REST mapper asks it at once.
func (c *cluster) runControllers(names []string) error {
	var runners []runner
	for _, name := range names {
		construct, ok := constructors[name]
		if !ok {
			return fmt.Errorf("--controllers: no controller %q", name)
		}
		runner, err := construct(c)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		runners = append(runners, runner)
	}
	c.informers.Start(c.ctx.Done())
	c.metadata.Start(c.ctx.Done())
	close(c.started)
	for _, run := range runners {
		go run(c.ctx)
	}
	<-c.ctx.Done() // nothing that is under way has to be finished: the API server holds all state
	return nil
}

// throttled returns the configuration with a limit of its own for a controller that sends many requests.
func (c *cluster) throttled(qps float32, burst int) *rest.Config {
	config := rest.CopyConfig(c.config)
	config.QPS *= qps
	config.Burst *= burst
	return config
}

// A namespace that is deleted is emptied with a listing and a deletion per resource.
func newNamespaceController(c *cluster) (runner, error) {
	config := c.throttled(20, 100)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	controller := namespace.NewNamespaceController(
		c.ctx, client, metadataClient, client.Discovery().ServerPreferredNamespacedResources,
		c.informers.Core().V1().Namespaces(), namespaceResync, corev1.FinalizerKubernetes)
	return func(ctx context.Context) { controller.Run(ctx, 10) }, nil
}

// The garbage collector reads each owner before it deletes an object: two requests for one deletion.
func newGarbageCollector(c *cluster) (runner, error) {
	metadataClient, err := metadata.NewForConfig(c.throttled(2, 1))
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.client.Discovery()))
	collector, err := garbagecollector.NewGarbageCollector(
		c.ctx, c.client, metadataClient, mapper, garbagecollector.DefaultIgnoredResources(),
		informerfactory.NewInformerFactory(c.informers, c.metadata), c.started)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) {
		var group wait.Group
		group.StartWithContext(ctx, func(ctx context.Context) { collector.Run(ctx, 20, discoveryRefresh) })
		// Kinds come and go with their CRDs, and change.
		group.StartWithContext(ctx, func(ctx context.Context) {
			wait.UntilWithContext(ctx, func(context.Context) { mapper.Reset() }, discoveryRefresh)
		})
		group.StartWithContext(ctx, func(ctx context.Context) {
			collector.Sync(ctx, c.client.Discovery(), discoveryRefresh)
		})
		group.Wait()
	}, nil
}

func newServiceAccountController(c *cluster) (runner, error) {
	controller, err := serviceaccount.NewServiceAccountsController(
		klog.FromContext(c.ctx), c.informers.Core().V1().ServiceAccounts(), c.informers.Core().V1().Namespaces(),
		c.client, serviceaccount.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { controller.Run(ctx, 1) }, nil
}

func newClusterRoleAggregation(c *cluster) (runner, error) {
	controller := clusterroleaggregation.NewClusterRoleAggregation(
		c.informers.Rbac().V1().ClusterRoles(), c.client.RbacV1())
	return func(ctx context.Context) { controller.Run(ctx, 5) }, nil
}
