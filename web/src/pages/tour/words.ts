import { catalogue } from "../../text/catalogue.ts";

export const words = catalogue({
  en: {
    title: "The lecture, live",
    intro:
      "What the course on serving models claims, as controls on this very server. npm run tour shows the same, and more, in a terminal.",
    stops: "Stops",
    model: "Shown with the model",
    noModel: "No model is ready yet. The stops need one.",
    next: "Next",
    claim: "The claim",
    api: {
      title: "An API, not an application",
      claim:
        "A trained model becomes an endpoint without anybody writing an application: other programs ask it over HTTP.",
      say: "Ask it with an example. What is sent and what comes back is all there is.",
      ask: "Ask it",
      sent: "Sent",
      came: "Came back",
    },
    online: {
      title: "Online prediction",
      claim: "Online, the answer is made while somebody waits: milliseconds count.",
      say: "Fifty requests, one after another, from this page. The server says how much of each was waiting and how much computing; the rest is the network and the browser.",
      ask: "Ask fifty times",
      median: "Median, seen from here",
      queue: "of it waiting",
      compute: "of it computing",
      cost: "CPU time of one request",
    },
    metrics: {
      title: "Latency, throughput, cost",
      claim:
        "The three pull at each other: more requests at once bring throughput, and each of them waits longer.",
      say: "Move the load and measure for two seconds, on a copy of the version.",
      load: "Requests at once",
      run: "Measure",
    },
    batching: {
      title: "Batching",
      claim:
        "Requests that share a run share its cost: a large batch costs less for each row, if one waits for it.",
      say: "The same load twice: each request alone, and joined as the server has profiled it.",
      run: "Compare",
      alone: "alone",
      joined: "joined",
      off: "This model's rows do not join; the two will be alike.",
    },
    revert: {
      title: "Update and revert",
      claim:
        "A new version takes over under load without a failed request, and a bad one is gone as quickly.",
      say: "Start the requests, then change the version: each mark is an answer, its colour the version that gave it.",
      start: "Start twenty seconds of requests",
      versions: "To the versions, to promote and roll back",
      answered: (count: string, failed: string) => `${count} answered, ${failed} failed`,
      folder:
        "This server serves a folder: put version 2 beside version 1 and it takes over by itself. With a registry (sirve serve --data DIR) you promote and roll back from the page.",
      mark: (version: number, ms: string) => `version ${version}, ${ms}`,
      failedMark: "failed",
    },
    variants: {
      title: "Variants and shadows",
      claim:
        "Two versions share the traffic by weight, and a third one answers in the shadow, seen by nobody.",
      say: "Weights by slider, who answered, and whether the shadow would have agreed:",
      link: "To the endpoints",
    },
    watch: {
      title: "Watching",
      claim: "What serves is watched: latency, throughput, errors and cost of each version, as they happen.",
      say: "The last quarter of an hour of every model, with a mark where a version changed:",
      link: "To the overview",
    },
    role: "Your role may look only.",
  },
  es: {
    title: "La clase, en vivo",
    intro:
      "Lo que afirma el curso sobre servir modelos, como mandos de este mismo servidor. npm run tour muestra lo mismo, y más, en una terminal.",
    stops: "Paradas",
    model: "Se muestra con el modelo",
    noModel: "Todavía no hay ningún modelo listo. Las paradas necesitan uno.",
    next: "Siguiente",
    claim: "La afirmación",
    api: {
      title: "Una API, no una aplicación",
      claim:
        "Un modelo entrenado se convierte en un endpoint sin que nadie escriba una aplicación: otros programas le preguntan por HTTP.",
      say: "Pregúntele con un ejemplo. Lo que se envía y lo que vuelve es todo lo que hay.",
      ask: "Preguntarle",
      sent: "Se envió",
      came: "Volvió",
    },
    online: {
      title: "Predicción en línea",
      claim: "En línea, la respuesta se hace mientras alguien espera: cuentan los milisegundos.",
      say: "Cincuenta peticiones, una tras otra, desde esta página. El servidor dice cuánto fue espera y cuánto cálculo; el resto es la red y el navegador.",
      ask: "Preguntar cincuenta veces",
      median: "Mediana, vista desde aquí",
      queue: "de ella, espera",
      compute: "de ella, cálculo",
      cost: "CPU de una petición",
    },
    metrics: {
      title: "Latencia, rendimiento, coste",
      claim:
        "Los tres tiran unos de otros: más peticiones a la vez traen rendimiento, y cada una espera más.",
      say: "Mueva la carga y mida dos segundos, en una copia de la versión.",
      load: "Peticiones a la vez",
      run: "Medir",
    },
    batching: {
      title: "Lotes",
      claim:
        "Las peticiones que comparten una ejecución comparten su coste: un lote grande cuesta menos por fila, si se espera por él.",
      say: "La misma carga dos veces: cada petición sola, y juntas como el servidor lo ha perfilado.",
      run: "Comparar",
      alone: "solas",
      joined: "juntas",
      off: "Las filas de este modelo no se juntan; las dos saldrán iguales.",
    },
    revert: {
      title: "Actualizar y volver atrás",
      claim:
        "Una versión nueva toma el relevo bajo carga sin una petición fallida, y una mala se va igual de rápido.",
      say: "Inicie las peticiones y cambie la versión: cada marca es una respuesta y su color la versión que la dio.",
      start: "Iniciar veinte segundos de peticiones",
      versions: "A las versiones, para promover y volver atrás",
      answered: (count: string, failed: string) => `${count} respondidas, ${failed} fallidas`,
      folder:
        "Este servidor sirve una carpeta: ponga la versión 2 junto a la 1 y toma el relevo sola. Con un registro (sirve serve --data DIR) se promueve y se vuelve atrás desde la página.",
      mark: (version: number, ms: string) => `versión ${version}, ${ms}`,
      failedMark: "fallida",
    },
    variants: {
      title: "Variantes y sombras",
      claim:
        "Dos versiones comparten el tráfico por peso, y una tercera responde en la sombra sin que nadie la vea.",
      say: "Pesos con un mando, quién respondió y si la sombra habría estado de acuerdo:",
      link: "A los endpoints",
    },
    watch: {
      title: "Vigilar",
      claim: "Lo que sirve se vigila: latencia, rendimiento, errores y coste de cada versión, según ocurren.",
      say: "El último cuarto de hora de cada modelo, con una marca donde cambió la versión:",
      link: "Al resumen",
    },
    role: "Su rol solo puede mirar.",
  },
});
